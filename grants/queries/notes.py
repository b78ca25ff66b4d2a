"""What is written down on a case, and who reads it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Person, RoleMembership
from accounts.queries import powers_of
from grants.case_rules import BEFORE
from grants.models import AccessRequest, Case, CaseNote
from grants.rules import rules_in_force


@dataclass(frozen=True)
class Known:
    """One of the things asked for before access, with what stands there now."""

    label: str
    note: CaseNote | None


def known_of(case: Case) -> list[Known]:
    """Return what failed, who saw it and how the identity was confirmed, each with the newest word."""
    newest = {note.kind: note for note in case.written.select_related("author").order_by("at")}
    return [Known(CaseNote.Kind(kind).label, newest.get(kind)) for kind in BEFORE]


def missing_before_access(case: Case) -> list[str]:
    """Return in words what the policy wants written down before access is asked for and is not."""
    wanted = rules_in_force().notes.before_access
    standing = set(case.written.values_list("kind", flat=True)) if wanted else set()
    return [CaseNote.Kind(kind).label.lower() for kind in wanted if kind not in standing]


def may_read_notes(case: Case, person: Person) -> bool:
    """Tell whether a person reads the internal notes: who works on the case, or holds a role that the policy names."""
    if case.owner_id == person.pk:
        return True
    if RoleMembership.objects.filter(person=person, role__in=rules_in_force().notes.read_by).exists():
        return True
    mine = Q(requester=person) | Q(person=person) | Q(grants__person=person)
    return AccessRequest.objects.filter(mine, case=case).exists()


def shown_notes(case: Case, person: Person) -> dict[str, Any]:
    """Return what the case's page shows of it."""
    reads, known = may_read_notes(case, person), known_of(case)
    internal = case.written.filter(kind=CaseNote.Kind.NOTE).select_related("author").order_by("-at")
    is_open = case.status == Case.Status.OPEN
    may = powers_of(person).may
    return {
        "known": known,
        "told_before": all(line.note for line in known),
        "may_read_notes": reads,
        "internal": list(internal) if reads else [],
        "may_note": is_open and bool(may & {"ask", "decide"}),
        "may_take": is_open and case.owner_id is None and "ask" in may,
    }
