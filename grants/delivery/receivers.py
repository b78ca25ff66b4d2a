"""Who hears what. Decided when a message is delivered, so that who left hears nothing and who came hears of what still waits."""

from collections.abc import Callable
from uuid import UUID

from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from grants.chain import users_of
from grants.models import AccessRequest, Approval, Notice, Outbox
from grants.queries.undecided import undecided
from grants.reach import decides_for

Kind = Outbox.Kind
TO_DECIDERS = frozenset({Kind.ASKED, Kind.PART_APPROVED, Kind.ANSWERED, Kind.WAITING, Kind.LAPSES_SOON})
"""Kinds that ask somebody for a decision; they say nothing any more once the request is decided."""

SETTLES = frozenset(
    {Kind.APPROVED, Kind.AUTO_APPROVED, Kind.EXTENDED, Kind.DENIED, Kind.WITHDRAWN, Kind.LAPSED, Kind.ASKED_BACK}
)  # fmt: skip
"""Kinds after which nobody has to decide any more."""


def receivers_of(row: Outbox) -> set[UUID]:
    """Return the ids of the active people who hear a message."""
    found = set(row.to)
    if row.request is not None:
        found |= _ABOUT_REQUESTS.get(row.kind, _concerned)(row, row.request)
    elif row.case is not None and row.case.owner_id:
        found.add(row.case.owner_id)
    return set(Person.objects.filter(pk__in=found, is_active=True).values_list("pk", flat=True))


def deciders_of(request: AccessRequest) -> list[Person]:
    """Return the people who may decide on a request now and have not yet."""
    consequences = {row.consequence for row in request.scopes.all()}
    roles = [
        role.key
        for role in roles_in_force().roles.values()
        if "decide" in role.may and role.decides & consequences
    ]
    people = Person.objects.filter(is_active=True, memberships__role__in=roles).distinct()
    decided = request.approvals.filter(round=request.round).values_list("decider_id", flat=True)
    out = users_of(request) | set(decided)
    return [
        person
        for person in people
        if person.pk not in out and decides_for(person, powers_of(person), request.tenant)
    ]


def _concerned(row: Outbox, request: AccessRequest) -> set[UUID]:
    return {request.requester_id, row.grant.person_id if row.grant else request.person_id}


def _deciders(_row: Outbox, request: AccessRequest) -> set[UUID]:
    waiting = AccessRequest.objects.filter(pk=request.pk, status=AccessRequest.Status.PENDING)
    if not undecided(waiting).exists():
        return set()
    return {person.pk for person in deciders_of(request)}


def _who_must_move(row: Outbox, request: AccessRequest) -> set[UUID]:
    asked_back = request.status == AccessRequest.Status.ASKED_BACK
    return _concerned(row, request) if asked_back else _deciders(row, request)


def _and_who_approved(row: Outbox, request: AccessRequest) -> set[UUID]:
    approved = request.approvals.filter(decision=Approval.Decision.APPROVE)
    return _concerned(row, request) | set(approved.values_list("decider_id", flat=True))


def _and_who_was_asked(row: Outbox, request: AccessRequest) -> set[UUID]:
    asked = Notice.objects.filter(outbox__request=request, outbox__kind__in=TO_DECIDERS)
    return _and_who_approved(row, request) | set(asked.values_list("person_id", flat=True))


def _and_who_was_skipped(row: Outbox, request: AccessRequest) -> set[UUID]:
    return _concerned(row, request) | {person.pk for person in deciders_of(request)}


def _handed_over(row: Outbox, request: AccessRequest) -> set[UUID]:
    before = row.grant.handed_over_from if row.grant else None
    return _and_who_approved(row, request) | ({before.person_id} if before else set())


def _holder(row: Outbox, request: AccessRequest) -> set[UUID]:
    return {row.grant.person_id if row.grant else request.person_id}


def _only_the_named(_row: Outbox, _request: AccessRequest) -> set[UUID]:
    return set()


def _reviewers(_row: Outbox, request: AccessRequest) -> set[UUID]:
    return {person.pk for person in deciders_of(request)}


_ABOUT_REQUESTS: dict[str, Callable[[Outbox, AccessRequest], set[UUID]]] = {
    Kind.ASKED: _deciders,
    Kind.PART_APPROVED: _deciders,
    Kind.ANSWERED: _deciders,
    Kind.WAITING: _deciders,
    Kind.LAPSES_SOON: _who_must_move,
    Kind.DENIED: _and_who_approved,
    Kind.WITHDRAWN: _and_who_approved,
    Kind.LAPSED: _and_who_was_asked,
    Kind.AUTO_APPROVED: _and_who_was_skipped,
    Kind.BROKE_GLASS: _and_who_was_skipped,
    Kind.REVIEW_DUE: _reviewers,
    Kind.REVIEWED: _holder,
    Kind.HANDED_OVER: _handed_over,
    Kind.ENDS_SOON: _holder,
    Kind.UNFIT: _only_the_named,
    Kind.CONSENT_GIVEN: _and_who_approved,
    Kind.CONSENT_REFUSED: _and_who_approved,
    Kind.CONSENT_SILENT: _and_who_approved,
}
