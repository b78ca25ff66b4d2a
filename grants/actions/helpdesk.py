"""The verb of the helpdesk: a signed call opens a case, once."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import answer_once, record
from audit.refs import Actor
from grants.hooks import fields_of
from grants.models import Case, CaseNote, HookCall, Outbox
from grants.notifications import tell_about_case
from grants.reach import in_reach
from grants.rules import rules_in_force
from opsconsole.lib.errors import Invalid, Refused
from opsconsole.lib.signed_calls import Answer, Call
from tenants.models import Tenant

HELPDESK = Actor("system", "helpdesk", "The helpdesk")
ONE_CALL = 7_301_021  # advisory lock of the transaction: calls are answered one after the other
_KINDS = {
    "failed": CaseNote.Kind.FAILED,
    "seen_by": CaseNote.Kind.SEEN_BY,
    "identity": CaseNote.Kind.IDENTITY,
    "notes": CaseNote.Kind.NOTE,
}


class UnknownTenant(Refused):
    code = "not_found"
    status = 404


def receive_case(*, call: Call) -> Answer:
    """Open a case from a signed call and return the answer. Raises as `answer_once`."""
    return answer_once(call, kept=HookCall, lock=ONE_CALL, answer=lambda now: _answer(call, now))


def _answer(call: Call, now: datetime) -> tuple[Answer, dict[str, Any]]:
    case: Case | None = None
    try:
        case, is_new = _open(call, now)
        state = "opened" if is_new else "open already"
        answer = Answer(201 if is_new else 200, {"case": str(case.pk), "state": state})
    except UnknownTenant as fault:
        answer = Answer(404, {"error": "not_found"}, fault)
    except Invalid as fault:
        answer = Answer(422, {"error": "invalid", "errors": fault.errors}, fault)
    return answer, {"case": case}


def _open(call: Call, now: datetime) -> tuple[Case, bool]:
    """Return the case of the ticket, and whether it is new. A ticket that has an open case keeps it."""
    texts, faults = fields_of(call.body)
    if faults:
        raise Invalid(faults)
    tenant = Tenant.objects.present().filter(slug=texts["tenant"]).first()
    if tenant is None:
        raise UnknownTenant("There is no such tenant.")
    owner = _owner(texts.get("owner", ""), tenant)
    rules = rules_in_force().ticket
    if not rules.fits(texts["ticket"]):
        faults["ticket"] = f"Send the ticket number as the helpdesk shows it, such as {rules.example}."
    if "owner" in texts and owner is None:
        faults["owner"] = "Nobody of this name opens cases on this tenant."
    if faults:
        raise Invalid(faults)
    standing = Case.objects.filter(tenant=tenant, ticket=texts["ticket"], status=Case.Status.OPEN)
    found = standing.order_by("opened_at").first()
    return (found, False) if found else (_write(texts, tenant, owner, now), True)


def _owner(name: str, tenant: Tenant) -> Person | None:
    """Return the one active person of a sign-in name or mail address who opens cases on the tenant, or None."""
    named = Q(username__iexact=name) | Q(email__iexact=name)
    people = list(Person.objects.filter(named, is_active=True)[:2]) if name else []
    if len(people) != 1:
        return None
    powers = powers_of(people[0], fresh=True)
    return people[0] if "ask" in powers.may and in_reach(people[0], powers, tenant) else None


def _write(texts: dict[str, str], tenant: Tenant, owner: Person | None, now: datetime) -> Case:
    case = Case(ticket=texts["ticket"], tenant=tenant, owner=owner, issue=texts["issue"], opened_at=now)
    case.save(force_insert=True)
    CaseNote.objects.bulk_create(
        CaseNote(case=case, kind=kind, text=texts[name], at=now)
        for name, kind in _KINDS.items()
        if name in texts
    )
    record(
        "case.received",
        actor=HELPDESK,
        tenant=tenant.as_ref(),
        obj=case.as_ref(),
        trail=case.trail(),
        authority="none",
        owner=owner.display_name if owner else "",
    )
    if owner:
        tell_about_case(Outbox.Kind.CASE_RECEIVED, case, now)
    return case
