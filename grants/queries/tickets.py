"""What tenant pages are told of a ticket that a link carries."""

from typing import Any
from uuid import UUID

from accounts.models import Person
from accounts.queries import powers_of
from grants.models import Case
from grants.queries.doors import visible_cases
from grants.rules import rules_in_force

MOST_CASES = 3


def judge_ticket(*, text: str) -> str:
    """Return a sentence where a text is no ticket number as the policy's `ticket_format` has them, else nothing."""
    rules = rules_in_force().ticket
    return "" if rules.fits(text) else f"Ticket numbers look like {rules.example}."


def cases_of_ticket(*, person: Person, ticket: str, tenant_id: UUID) -> list[dict[str, Any]]:
    """Return the cases on a tenant under a ticket that the person may know of, their own open one first, then the newest."""
    if not powers_of(person).may & {"ask", "decide", "review"}:
        return []
    cases = visible_cases(person).filter(ticket=ticket, tenant_id=tenant_id).select_related("owner")
    found = [_line(case, person) for case in cases.order_by("-opened_at")[:MOST_CASES]]
    return sorted(found, key=lambda line: not line["own"])


def _line(case: Case, person: Person) -> dict[str, Any]:
    is_open, mine = case.status == Case.Status.OPEN, case.owner_id == person.pk
    whose = "your" if mine else f"{case.owner.display_name}'s" if case.owner else "the helpdesk's"
    state = "open" if is_open else "closed"
    return {
        "id": case.pk,
        "url": case.get_absolute_url(),
        "label": f"{whose} {state} case",
        "own": is_open and mine,
    }
