"""Tells people. A line in the outbox is written in the verb's transaction, so nothing is lost when Redis or a receiver is down.

Who hears what, by kind, stands in `grants.delivery.receivers`; by which way, in the policy's `notify.toml`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from accounts.models import Person
from accounts.queries import roles_in_force
from grants.models import AccessRequest, Case, Grant, Outbox
from opsconsole.lib.registry import grant_news


def tell_about_request(
    kind: str, request: AccessRequest, now: datetime, *, grant: Grant | None = None, to: Iterable[Person] = ()
) -> None:
    """Queue one message about a request; who receives it is decided when it is delivered, and `to` hears it too."""
    Outbox.objects.create(
        kind=kind,
        case_id=request.case_id,
        request=request,
        grant=grant,
        to=_ids(to),
        made_at=now,
        next_try_at=now,
    )


def spread(grants: Sequence[Grant], *, ended: bool = True) -> None:
    """Let the apps above close what stands on these grants, in the verb's transaction: they ended, or became less."""
    for hear in grant_news if grants else ():
        hear(grant_ids=[grant.pk for grant in grants], ended=ended)


def tell_about_grants(kind: str, grants: list[Grant], now: datetime, *, to: Iterable[Person] = ()) -> None:
    """Queue one message for each grant, in one statement."""
    people = _ids(to)
    Outbox.objects.bulk_create(
        Outbox(
            kind=kind,
            case_id=grant.case_id,
            request_id=grant.request_id,
            grant=grant,
            to=people,
            made_at=now,
            next_try_at=now,
        )
        for grant in grants
    )


def tell_about_requests(kind: str, requests: list[AccessRequest], now: datetime) -> None:
    """Queue one message for each request, in one statement."""
    Outbox.objects.bulk_create(
        Outbox(kind=kind, case_id=request.case_id, request=request, made_at=now, next_try_at=now)
        for request in requests
    )


def tell_about_case(kind: str, case: Case, now: datetime, *, to: Iterable[Person] = ()) -> None:
    """Queue one message about a case for its owner and for `to`."""
    Outbox.objects.create(kind=kind, case=case, to=_ids(to), made_at=now, next_try_at=now)


def tell_about_cases(kind: str, cases: Iterable[Case], now: datetime) -> None:
    """Queue one message for each case, for its owner, in one statement."""
    Outbox.objects.bulk_create(Outbox(kind=kind, case=case, made_at=now, next_try_at=now) for case in cases)


def tell_people(kind: str, people: Iterable[Person], now: datetime, *, path: str) -> None:
    """Queue one message about no case, such as a policy, for the people named; `path` is the page it leads to."""
    Outbox.objects.create(kind=kind, to=_ids(people), path=path, made_at=now, next_try_at=now)


def people_with(*powers: str, power: str = "") -> list[Person]:
    """Return the active people whose roles hold one of some powers under the policy in force."""
    wanted = {*powers, power} - {""}
    roles = [key for key, role in roles_in_force().roles.items() if wanted & set(role.may)]
    return list(Person.objects.filter(is_active=True, memberships__role__in=roles).distinct())


def tell_about_policy(*, news: str, version: str, by: str, at: datetime) -> None:
    """Tell those who propose policies or put them in force of a version; registered with the verbs on policies."""
    powers = ("activate_policy",) if news == "proposed" else ("activate_policy", "propose_policy")
    others = [person for person in people_with(*powers) if str(person.pk) != by]
    if others:
        tell_people(f"policy_{news}", others, at, path=reverse("policy:version", args=[version]))


def _ids(people: Iterable[Person]) -> list[str | UUID]:
    return [person.pk for person in people]
