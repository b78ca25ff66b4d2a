"""What an event points at: ids and copied labels, never foreign keys, so that an event outlives everything it names."""

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """Who did it. `kind` is person, system or product."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True)
class Ref:
    """An object by type, id and the label it had at that moment."""

    type: str
    id: str
    label: str


@dataclass(frozen=True)
class TenantRef:
    """One tenant: console id, label, environment and region as they were at that moment."""

    id: str
    label: str
    environment: str = ""
    region: str = ""


@dataclass(frozen=True)
class Trail:
    """What an event hangs on: case and ticket, access request, grant, support session."""

    case_id: UUID | None = None
    ticket: str = ""
    request_id: UUID | None = None
    grant_id: UUID | None = None
    session_id: UUID | None = None


def place_of_refs(refs: dict[str, Any], *, ticket: str = "") -> dict[str, Any]:
    """Return the tenant and the trail that were kept as JSON, as `record` takes them; `ticket` goes before the kept one."""
    tenant, trail = refs.get("tenant"), dict(refs.get("trail", {}))
    ids = {name: UUID(value) for name, value in trail.items() if name.endswith("_id")}
    return {
        "tenant": TenantRef(**tenant) if tenant else None,
        "trail": Trail(ticket=ticket or trail.get("ticket", ""), **ids),
    }


@runtime_checkable
class Staff(Protocol):
    """What the log needs to know of a staff person; `accounts.Person` is one."""

    def as_actor(self) -> Actor:
        """Return the person as the actor of an event."""

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Tell whether the person holds a permission."""


SYSTEM = Actor("system", "", "The console")
ANONYMOUS = Actor("person", "", "Somebody not signed in")
