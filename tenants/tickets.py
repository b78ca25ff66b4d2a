"""The ticket that a look belongs to: carried by links, judged by the policy, and tied to its case where there is one."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.http import StaffRequest
from accounts.models import Person
from audit.refs import Trail
from opsconsole.lib.errors import Invalid
from opsconsole.lib.registry import ticket_cases, ticket_judges
from tenants.models import Tenant

_SHAPE = re.compile(r"[\w#./-]{1,40}")  # what can stand in a link and in the log, whatever the policy says


@dataclass(frozen=True, slots=True)
class Carried:
    """A ticket number, or the sentence why the text in its place is none."""

    number: str = ""
    wrong: str = ""


def ticket_carried(request: StaffRequest) -> Carried:
    """Return the ticket of a link. A page that is read shows `wrong` and opens all the same: somebody waits for the answer."""
    text = request.GET.get("ticket", "").strip()
    fault = ticket_fault(text) if text else None
    if fault is None:
        return Carried(text)
    return Carried(wrong=f"What the link carries is not a ticket number. {fault}".strip())


def ticket_fault(text: str) -> str | None:
    """Return None for a ticket number as the policy has them, else how one looks, which is empty where the policy says nothing."""
    said = [judge(text=text) for judge in ticket_judges]
    return None if _SHAPE.fullmatch(text) and not any(said) else " ".join(said).strip()


def ticket_of(request: StaffRequest) -> str:
    """Return the ticket of a link that a program follows or a form is sent to. Raises `Invalid` where it is none."""
    found = ticket_carried(request)
    if found.wrong:
        raise Invalid({"ticket": found.wrong})
    return found.number


def cases_under(person: Person, tenant: Tenant, ticket: str) -> tuple[dict[str, Any], ...]:
    """Return the cases on a tenant under a ticket that the person may know of."""
    if not ticket:
        return ()
    return tuple(c for find in ticket_cases for c in find(person=person, ticket=ticket, tenant_id=tenant.pk))


def trail_of(person: Person, tenant: Tenant, ticket: str, grant_id: UUID | None = None) -> Trail:
    """Return what an event hangs on: the ticket, the person's own open case under it, and the grant that was used."""
    own = next((case["id"] for case in cases_under(person, tenant, ticket) if case["own"]), None)
    return Trail(case_id=own, ticket=ticket, grant_id=grant_id)
