"""`[notes]` of `access.toml`: who reads the internal notes of a case, and what must stand there before access is asked for."""

from collections.abc import Collection
from dataclasses import dataclass

from grants.models.note import CaseNote
from opsconsole.lib.toml_values import Table

BEFORE = (CaseNote.Kind.FAILED, CaseNote.Kind.SEEN_BY, CaseNote.Kind.IDENTITY)
"""What is asked for before access: what failed, who saw it, how the customer's identity was confirmed."""


@dataclass(frozen=True)
class CaseRules:
    """Roles that read internal notes besides those who work on the case, and kinds of note that asking for access needs."""

    read_by: frozenset[str] = frozenset()
    before_access: tuple[str, ...] = ()


def parse_case_rules(table: Table, roles: Collection[str]) -> CaseRules:
    """Return the rules of the table; without it only those who work on a case read its notes, and nothing must stand there."""
    values = table.values
    rules = CaseRules(
        read_by=frozenset(table.some("read_by", roles)) if "read_by" in values else frozenset(),
        before_access=table.some("before_access", BEFORE) if "before_access" in values else (),
    )
    table.refuse_unknown(("read_by", "before_access"))
    return rules
