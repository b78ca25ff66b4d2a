"""Doors: the only way from an id in a URL to an object. What a person may not know of does not exist for them."""

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import Person
from accounts.queries import Powers, powers_of
from grants.models import AccessRequest, Case, Grant, RequestScope
from grants.reach import tenants_decided, tenants_in_reach


def get_case_for(person: Person, case_id: UUID) -> Case:
    """Return a case the person may know of. Raises `Http404` for every other."""
    case = visible_cases(person).select_related("tenant", "owner").filter(pk=case_id).first()
    if case is None:
        raise Http404("No case.")
    return case


def get_request_for(person: Person, request_id: UUID) -> AccessRequest:
    """Return a request the person made, would use, decides or reviews. Raises `Http404` for every other."""
    found = (
        visible_requests(person)
        .select_related("case", "tenant", "requester", "person")
        .filter(pk=request_id)
        .first()
    )
    if found is None:
        raise Http404("No request.")
    return found


def get_grant_for(person: Person, grant_id: UUID) -> Grant:
    """Return a grant the person holds, asked for, decides on, administers or reviews. Raises `Http404` for every other."""
    wanted = Grant.objects.select_related(
        "case", "tenant", "person", "request", "request__requester", "ended_by", "handed_over_from__person"
    )
    grant = wanted.filter(pk=grant_id).first()
    if grant is None or not _may_know(person, grant):
        raise Http404("No grant.")
    return grant


def visible_cases(person: Person) -> QuerySet[Case]:
    """Return the cases a person owns, has a part in, decides for or reviews, and those that wait for somebody like them to take them."""
    powers = powers_of(person)
    if "review" in powers.may:
        return Case.objects.all()
    requests = AccessRequest.objects.filter(case=OuterRef("pk")).filter(_part_in_request(person, powers))
    waiting = Q(owner=None, status=Case.Status.OPEN, tenant__in=tenants_in_reach(person, powers))
    return Case.objects.filter(
        (waiting if "ask" in powers.may else Q(pk__in=[]))
        | Q(owner=person)
        | Exists(requests)
        | Exists(Grant.objects.filter(case=OuterRef("pk"), person=person))
    )


def visible_requests(person: Person) -> QuerySet[AccessRequest]:
    """Return the requests a person made, would use, decides or reviews."""
    powers = powers_of(person)
    if "review" in powers.may:
        return AccessRequest.objects.all()
    return AccessRequest.objects.filter(_part_in_request(person, powers))


def decidable_requests(person: Person) -> QuerySet[AccessRequest]:
    """Return the requests that wait for a decision this person may give, oldest first."""
    powers = powers_of(person)
    if "decide" not in powers.may:
        return AccessRequest.objects.none()
    waiting = AccessRequest.objects.filter(_decides(person, powers), status=AccessRequest.Status.PENDING)
    mine = Q(requester=person) | Q(person=person) | Q(approvals__decider=person, approvals__round=F("round"))
    first = "extends__request__"  # whoever asked for or held an access decides on no more of it
    mine |= (
        Q(**{f"{first}requester": person})
        | Q(**{f"{first}person": person})
        | Q(**{f"{first}grants__person": person})
    )
    return waiting.exclude(pk__in=waiting.filter(mine).values("pk")).order_by("asked_at", "pk")


def _part_in_request(person: Person, powers: Powers) -> Q:
    return Q(requester=person) | Q(person=person) | _decides(person, powers)


def _decides(person: Person, powers: Powers) -> Q:
    if "decide" not in powers.may or not powers.decides:
        return Q(pk__in=[])
    decided = RequestScope.objects.filter(request=OuterRef("pk"), consequence__in=powers.decides)
    everywhere = powers.reach == "all" and powers.decides_for == "reach"
    within = Q() if everywhere else Q(tenant__in=tenants_decided(person, powers))
    return Q(Exists(decided)) & within


def _may_know(person: Person, grant: Grant) -> bool:
    if person.pk == grant.person_id or "manage_people" in powers_of(person).may:
        return True
    return visible_requests(person).filter(pk=grant.request_id).exists()
