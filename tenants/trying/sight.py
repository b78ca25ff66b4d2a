"""What one role would see of a panel, in sentences. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.roles import Role, Roles
from tenants.language.shapes import Column, Panel, Section
from tenants.trying.guarding import Guarded

WHERE = {"all": "of every tenant", "book": "of the tenants in their book"}
SEEN = {
    "public": "As it is",
    "personal": "A part, enough to compare",
    "secret": "Only whether it is set",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """How a panel stands to a role: `state` is held, asked or closed; nothing is read for a closed one."""

    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ColumnSight:
    """One column in the list of what would be hidden."""

    label: str
    kind: str
    seen: str
    note: str


def sight_of(role: Role, panel: Panel, roles: Roles) -> Sight:
    """Return how a role would meet a panel under the version's own roles."""
    where = WHERE.get(role.reach)
    if where is None or "see" not in role.may:
        return Sight("closed", f"{role.title} opens no tenant, so this panel is never seen.")
    if panel.scope in role.scopes:
        return Sight("held", f"{role.title} sees this panel {where}.")
    scope = roles.scopes.get(panel.scope)
    if scope and "ask" in role.may and scope.consequence in role.asks_for:
        return Sight(
            "asked",
            f"{role.title} sees the title and the question, and may ask for {panel.scope}. Below is what a grant opens.",
        )
    return Sight("closed", f"{role.title} sees the title and the question, and cannot ask for {panel.scope}.")


def roles_that(state: str, panel: Panel, roles: Roles) -> list[str]:
    """Return the titles of the roles to which a panel stands in that way."""
    return [role.title for role in roles.roles.values() if sight_of(role, panel, roles).state == state]


def columns_of(section: Section, guard: Guarded) -> list[ColumnSight]:
    """Return what becomes of each column: as the bundle declares it, and whether it waits for a second person."""
    return [_column(c, covered=c.key in guard.covered) for c in section.columns if c.show]


def _column(column: Column, *, covered: bool) -> ColumnSight:
    return ColumnSight(
        column.label, column.kind, SEEN[column.kind], " ".join(_notes(column, covered=covered))
    )


def _notes(column: Column, *, covered: bool) -> Iterable[str]:
    if covered:
        yield "Hidden here: new in your own proposal, so somebody else looks first."
    if column.rules:
        yield "Another kind on some rows."
    if column.reveal and column.kind == "personal":
        yield f"One value at a time in clear under {column.reveal}."
