"""Reads around facts for the ticket, and what the portfolio is told of cases."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from accounts.models import Person
from accounts.queries import authority_for, powers_of
from grants.models import Case, CaseFact
from grants.queries.doors import get_case_for, visible_cases

MOST_TARGETS = 5


def get_facts_for(person: Person, case_id: UUID, fact_id: UUID) -> CaseFact:
    """Return attached facts of a case the person may know of. Raises `Http404` for every other."""
    case = get_case_for(person, case_id)
    found = CaseFact.objects.select_related("case__tenant", "person").filter(case=case, pk=fact_id).first()
    if found is None:
        raise Http404("No facts.")
    return found


def shown_facts(case: Case, person: Person) -> list[tuple[CaseFact, str]]:
    """Return what is attached to a case, newest first, each with the first scope that this person lacks to read it, or nothing."""
    kept = list(case.facts.select_related("person"))
    scopes = sorted({scope for fact in kept for scope in fact.scopes})
    missing = {scope for scope in scopes if authority_for(person, scope, case.tenant) is None}
    return [(fact, next((scope for scope in fact.scopes if scope in missing), "")) for fact in kept]


def note_targets(*, person: Person, tenant_id: UUID) -> list[dict[str, str]]:
    """Return the person's open cases on a tenant, newest first, as places to attach a note to."""
    if "ask" not in powers_of(person).may:
        return []
    on_tenant = Q(tenant_id=tenant_id, status=Case.Status.OPEN)
    if not Case.objects.filter(
        on_tenant
    ).exists():  # most tenants have none, and whose they are is the dearer question
        return []
    cases = visible_cases(person).filter(on_tenant)
    return [
        {"label": case.ticket, "url": reverse("grants:attach-facts", args=[case.pk])}
        for case in cases.order_by("-opened_at")[:MOST_TARGETS]
    ]


def open_cases_line(*, tenant_ids: Sequence[UUID]) -> tuple[str, dict[str, str]]:
    """Return how many cases each tenant has open and since when: no ticket's words, no person."""
    opened: dict[str, list[Any]] = defaultdict(list)
    cases = Case.objects.filter(tenant_id__in=tenant_ids, status=Case.Status.OPEN).order_by("opened_at")
    for tenant_id, at in cases.values_list("tenant_id", "opened_at"):
        opened[str(tenant_id)].append(at)
    return "Unresolved cases", {key: _sentence(times) for key, times in opened.items()}


def _sentence(times: list[Any]) -> str:
    since = f"since {times[0]:%-d %b %Y}"
    return f"1 case, open {since}." if len(times) == 1 else f"{len(times)} cases, the oldest {since}."
