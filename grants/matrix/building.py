"""The role matrix as data, made from one policy version and nothing else (NIST AC-2, AC-3, AC-5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.queries import roles_in_force
from accounts.roles import CONSEQUENCES, POWERS, Role, Roles, Scope
from audit.evidence.tables import csv_of
from grants.access_rules import AccessRules
from grants.rules import rules_in_force
from tenants.language.shapes import Language, Panel
from tenants.queries import language_in_force

HIDDEN = {"personal": "partly masked", "secret": "only whether it is set"}
REACH = {"all": "every tenant", "book": "their own book", "none": "no tenant"}
NO_ROLES = Roles()
WORDS = {"view": "View", "sensitive": "Sensitive", "corrective": "Corrective", "high_risk": "High risk"}


@dataclass(frozen=True)
class Cell:
    """How one role stands to one line: `word` is held, asks, decides, both, yes, or empty for nothing."""

    word: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One scope or power with a cell for each role, in the order of `Matrix.roles`."""

    key: str
    title: str
    group: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HiddenField:
    """One field that is not shown in clear: where it stands, how it is hidden, what shows it on a reveal, and what each role sees."""

    panel: str
    scope: str
    label: str
    hidden: str
    revealed_by: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """Roles by scopes and powers, whose tenants each role reaches, and every field that is hidden."""

    version: str
    roles: tuple[Role, ...]
    reach: tuple[str, ...]
    scopes: tuple[Row, ...]
    powers: tuple[Row, ...]
    fields: tuple[HiddenField, ...]
    separated: tuple[tuple[str, str], ...]


def matrix_in_force(version: str) -> Matrix:
    """Return the matrix of the policy in force, whose version is given."""
    known, rules = roles_in_force(), rules_in_force()
    roles = tuple(known.roles.values())
    return Matrix(
        version=version,
        roles=roles,
        reach=tuple(REACH[role.reach] for role in roles),
        scopes=tuple(_scope_rows(known, rules)),
        powers=tuple(_power_rows(roles)),
        fields=tuple(hidden_fields(language_in_force(), roles, known)),
        separated=tuple((POWERS[one], POWERS[other]) for one, other in known.separated),
    )


def _scope_rows(known: Roles, rules: AccessRules) -> Iterator[Row]:
    for scope in sorted(known.scopes.values(), key=lambda one: CONSEQUENCES.index(one.consequence or "view")):
        cells = tuple(_scope_cell(role, scope, rules) for role in known.roles.values())
        yield Row(scope.key, scope.may, WORDS.get(scope.consequence, ""), cells)


def _scope_cell(role: Role, scope: Scope, rules: AccessRules) -> Cell:
    if scope.key in role.scopes:
        return Cell("held", "at all times")
    ceremony = rules.ceremonies.get(scope.consequence)
    asks = "ask" in role.may and scope.consequence in role.asks_for and ceremony
    decides = "decide" in role.may and scope.consequence in role.decides
    if asks and ceremony:
        people = "1 approval" if ceremony.approvals == 1 else f"{ceremony.approvals} approvals"
        note = f"{people}, up to {ceremony.longest_minutes} min"
        return Cell("asks, decides" if decides else "asks", note)
    return Cell("decides") if decides else Cell("")


def _power_rows(roles: tuple[Role, ...]) -> Iterator[Row]:
    for power, words in POWERS.items():
        cells = tuple(Cell("yes" if power in role.may else "") for role in roles)
        yield Row(power, words[0].upper() + words[1:], "Powers", cells)


def hidden_fields(
    language: Language, roles: tuple[Role, ...] = (), known: Roles = NO_ROLES
) -> Iterator[HiddenField]:
    """Return every column of the bundle's panels that is personal or secret, in the order of the panels."""
    for panel in language.panels:
        seen: set[tuple[str, str]] = set()
        for label, kind, reveal in _columns(panel):
            if kind in HIDDEN and (label, kind) not in seen:
                seen.add((label, kind))
                cells = tuple(_seen_by(role, panel.scope, known) for role in roles)
                revealed_by = reveal if kind == "personal" else ""
                yield HiddenField(panel.title, panel.scope, label, HIDDEN[kind], revealed_by, cells)


def _seen_by(role: Role, scope: str, known: Roles) -> str:
    """Return whether a role meets a panel at all: always, when granted, or never. The field is hidden in it all the same."""
    declared = known.scopes.get(scope)
    if "see" not in role.may or role.reach == "none" or declared is None:
        return ""
    if scope in role.scopes:
        return "hidden"
    return "hidden, when granted" if "ask" in role.may and declared.consequence in role.asks_for else ""


def _columns(panel: Panel) -> Iterator[tuple[str, str, str]]:
    for section in panel.sections:
        for column in section.columns:
            if column.show:
                yield column.label, column.kind, column.reveal


def as_csv(matrix: Matrix) -> bytes:
    """Return the matrix as CSV (RFC 4180): whose tenants, scopes, powers and hidden fields, with a column for each role."""
    rows: list[list[str]] = [["policy", matrix.version, "", *("" for _ in matrix.roles)]]
    rows.append(["tenants", "", "Whose tenants", *matrix.reach])
    for row in (*matrix.scopes, *matrix.powers):
        words = [f"{cell.word} ({cell.note})" if cell.note else cell.word or "no" for cell in row.cells]
        rows.append([row.group.lower(), row.key, row.title, *words])
    for one in matrix.fields:
        title = f"{one.panel}: {one.label}, {one.hidden}"
        rows.append(["hidden field", one.scope, title, *(cell or "not seen" for cell in one.cells)])
    return csv_of(["kind", "key", "what", *(role.title for role in matrix.roles)], rows)
