"""Who really acts: for code of the product that must not take an agent for the customer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from django.http import HttpRequest

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Acting:
    """The agent behind a request: `request.actor`, and `acting()` wherever there is no request."""

    row: int
    session_id: str
    agent_id: str
    agent: str
    subject_id: str
    tenant: str
    ticket: str
    mode: str
    scopes: frozenset[str]
    by_action: bool = False  # an approved action of the console runs, not a page

    def __str__(self) -> str:
        return self.agent


_acting: ContextVar[Acting | None] = ContextVar("support_session_acting", default=None)


def acting() -> Acting | None:
    """The agent who acts now, or None where the customer does."""
    return _acting.get()


@contextmanager
def acting_as(who: Acting | None) -> Iterator[None]:
    """Let everything in the block know who acts; also for a task that a session queued."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def signed(name: str) -> str:
    """The name to write into the product's history: never the customer's alone while support acts."""
    return f"Support on behalf of {name}" if acting() else name


def customer_only(act: Callable[P, R]) -> Callable[P, R | None]:
    """Decorate what only a customer's own doing may cause: analytics, last-seen, presence, drip mails. It does nothing in a session."""

    @wraps(act)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R | None:
        return None if acting() else act(*args, **kwargs)

    return wrapper


def support_session(_request: HttpRequest) -> dict[str, Acting | None]:
    """A context processor: templates leave analytics and chat out where `support_session` is set."""
    return {"support_session": acting()}
