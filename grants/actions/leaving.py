"""What somebody who leaves or changes roles has at the desk: ended or passed on within the verb on that person (NIST PS-4, PS-5)."""

from typing import Any

from django.db.models import Q

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record
from audit.refs import SYSTEM
from grants.actions.asking import take_back
from grants.actions.ending import end_all_of
from grants.actions.losing import close_groundless
from grants.models import AccessRequest, Case, Grant, Outbox
from grants.notifications import tell_about_cases
from grants.reach import in_reach
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid

LEFT = "They have left."
CHANGED = "Their role no longer asks for this."


def end_at_the_desk(*, person: Person, actor: Person | None, reason: str) -> list[str]:
    """Take back every request in a person's name and end every access they hold; return a sentence for each. Registered as an ender.

    Requests are locked first: an approval that is under way is waited for, and the access it gave is ended too.
    """
    return [*_take_back(person, actor, LEFT), *end_all_of(actor=actor, person=person, reason=reason)]


def end_beyond_roles(*, person: Person, actor: Person | None, reason: str) -> list[str]:
    """End what a person's roles of this moment would not let them ask for; return a sentence for each. Registered for changes of role."""
    ended = _take_back(person, actor, CHANGED, only_beyond=True)
    grants = close_groundless(person=person)
    return [*ended, *(_told(grant) for grant in grants)]


def _told(grant: Grant) -> str:
    return f"Access to {grant.tenant} under ticket {grant.case.ticket} was ended."


def _take_back(person: Person, actor: Person | None, comment: str, *, only_beyond: bool = False) -> list[str]:
    rows = AccessRequest.objects.select_for_update(of=("self",)).select_related("case", "tenant")
    theirs = Q(requester=person) | Q(person=person)
    waiting = rows.filter(theirs, closed_at__isnull=True).order_by("pk").prefetch_related("scopes")
    powers = powers_of(person, fresh=True)
    ended, found = [], list(waiting)
    now = database_now()
    for request in found:
        asked = {row.consequence for row in request.scopes.all()}
        allowed = request.person_id != person.pk or ({"ask", "act"} & powers.may and asked <= powers.asks_for)
        if request.pending_until > now and not (only_beyond and allowed):
            take_back(request, actor.as_actor() if actor else SYSTEM, comment, now)
            ended.append(
                f"The request for {request.tenant} under ticket {request.case.ticket} was taken back."
            )
    return ended


def pass_cases_on(*, person: Person, to: Person | None, actor: Person | None) -> list[str]:
    """Give a person's open cases to a colleague, or let them wait for anybody; return a sentence for each. Registered as a hander.

    Where the colleague works on the same ticket already, the case waits; where one waits already, it stays as it is.
    Raises `Invalid` for a colleague who cannot work on one of them.
    """
    _lock_the_desk(person)
    cases = Case.objects.select_for_update(of=("self",)).select_related("tenant", "owner")
    mine = list(cases.filter(owner=person, status=Case.Status.OPEN).order_by("opened_at"))
    if to and not _works_on(to, mine):
        raise Invalid({"to": f"{to} does not work with all of these customers."})
    others = Case.objects.filter(status=Case.Status.OPEN, ticket__in={case.ticket for case in mine})
    taken = set(others.filter(Q(owner=None) | Q(owner=to)).values_list("owner", "tenant", "ticket"))
    heirs = {case.pk: _heir_of(case, to, taken) for case in mine}
    for heir in {None, to}:
        Case.objects.filter(pk__in=[key for key, one in heirs.items() if one == heir]).update(owner=heir)
    moved = [case for case in mine if heirs[case.pk] != person]
    taken_over = [case for case in moved if heirs[case.pk] is not None]
    tell_about_cases(Outbox.Kind.CASE_PASSED_ON, taken_over, database_now())
    return [_told_of(case, heirs[case.pk], person, actor) for case in moved]


def _heir_of(case: Case, to: Person | None, taken: set[Any]) -> Person | None:
    """Return who takes a case over: nobody where the colleague has one of the same ticket. Where one waits too, it stays with its owner."""
    if to and (to.pk, case.tenant_id, case.ticket) not in taken:
        return to
    return case.owner if (None, case.tenant_id, case.ticket) in taken else None


def _lock_the_desk(person: Person) -> None:
    """Lock what the verb will end, in the order of every other verb: a request with its case, then access, then what stands on it."""
    theirs = Q(requester=person) | Q(person=person) | Q(case__owner=person)
    waiting = AccessRequest.objects.filter(theirs, closed_at__isnull=True).order_by("pk")
    list(waiting.select_for_update(of=("self", "case")).select_related("case"))
    list(Grant.objects.filter(person=person, ended_at__isnull=True).order_by("pk").select_for_update())


def _told_of(case: Case, heir: Person | None, person: Person, actor: Person | None) -> str:
    record(
        "case.passed_on",
        actor=actor.as_actor() if actor else SYSTEM,
        tenant=case.tenant.as_ref(),
        obj=case.as_ref(),
        subject=person.as_ref(),
        trail=case.trail(),
        to=heir.display_name if heir else "",
    )
    goes = f"went to {heir}" if heir else "waits for somebody to take it"
    return f"The case of ticket {case.ticket} on {case.tenant} {goes}."


def _works_on(person: Person, cases: list[Case]) -> bool:
    powers = powers_of(person, fresh=True)
    return all("ask" in powers.may and in_reach(person, powers, case.tenant) for case in cases)
