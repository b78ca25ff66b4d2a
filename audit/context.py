"""What all events of one request, task or command share: surface, request id and the policy in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

SURFACES = ("web", "api", "admin", "task", "command", "product")


@dataclass
class Context:
    """One unit of work. `memo` holds what is read once per unit, such as the active policy.

    `marks` stand among the fields of every event from then on, such as `sign_in`, where it came from, or `step_up`, the
    second factor that was shown for it. `session` is the support session at work here and the id of its tenant: events about that tenant
    hang on it.
    """

    surface: str
    seeded_at: datetime | None = None
    memo: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    session: tuple[UUID, str] | None = None


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)


def current() -> Context | None:
    """Return the unit of work this code runs in, or None outside of any."""
    return _current.get()


def current_surface() -> str:
    """Return one of SURFACES; code outside a request or task runs as a command."""
    context = _current.get()
    return context.surface if context else "command"


def current_request_id() -> str:
    """Return the id that also stands in the logs of this request or task, or an empty text."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@contextmanager
def surface(name: str) -> Iterator[Context]:
    """Run a block as one unit of work on one of SURFACES."""
    if name not in SURFACES:
        raise ValueError(f"{name} is not one of {', '.join(SURFACES)}")
    context = Context(name)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def seeding(at: datetime) -> Iterator[Context]:
    """Run a block whose events are marked as seeded and carry a past time: for a demo's first history, written by the owner.

    The app's role may not supply these columns, so PostgreSQL refuses such events from the running console.
    """
    context = Context("web", seeded_at=at)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
