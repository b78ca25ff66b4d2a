"""What the home page shows of a person's cases, windows and queue."""

from typing import Any

from django.urls import reverse

from accounts.models import Person
from accounts.queries import Powers
from grants.models import AccessRequest, Case, Grant
from grants.queries.doors import decidable_requests
from grants.queries.pages import TONES, grant_lines, lines_of
from grants.queries.undecided import undecided
from opsconsole.lib.clock import database_now

SHOWN = 5  # rows of a card; the list page has the rest


def home_card(*, person: Person, powers: Powers) -> dict[str, Any]:
    """Return the cards of a person's work, by what their roles let them do; registered with the home page."""
    cards: dict[str, Any] = {}
    if "ask" in powers.may:
        cards |= {
            "windows": _windows(person),
            "cases": _cases(person),
            "waiting": _waiting(person),
            "new_case_url": reverse("grants:new-case"),
        }
    if "decide" in powers.may:
        cards["queue"] = _queue(person)
    return cards


def _windows(person: Person) -> list[dict[str, Any]]:
    now = database_now()
    live = (
        Grant.objects.filter(person=person)
        .live_at(now)
        .select_related("tenant", "case")
        .prefetch_related("scopes")
    )
    return [
        {
            "url": line.grant.get_absolute_url(),
            "tenant": line.grant.tenant.name,
            "environment": line.grant.tenant.environment,
            "may": [scope.sentence for scope in line.scopes],
            "ticket": line.grant.case.ticket,
            "until": line.until,
        }
        for line in grant_lines(live.order_by("expires_at")[:SHOWN], now)
        if line.scopes
    ]


def _cases(person: Person) -> list[dict[str, Any]]:
    mine = Case.objects.filter(owner=person).select_related("tenant").order_by("-opened_at")[:SHOWN]
    return [
        {
            "url": case.get_absolute_url(),
            "ticket": case.ticket,
            "tenant": case.tenant.name,
            "issue": case.issue,
            "state": case.get_status_display(),
            "tone": TONES[case.status],
            "at": case.opened_at,
        }
        for case in mine
    ]


def _waiting(person: Person) -> list[dict[str, Any]]:
    open_ones = AccessRequest.objects.filter(
        requester=person, status__in=AccessRequest.OPEN, pending_until__gt=database_now()
    )
    return [
        {
            "url": request.get_absolute_url(),
            "title": f"{request.case.ticket} · {request.tenant.name}",
            "note": request.get_status_display(),
            "at": request.asked_at,
        }
        for request in open_ones.select_related("case", "tenant").order_by("asked_at")[:SHOWN]
    ]


def _queue(person: Person) -> list[dict[str, Any]]:
    waiting = undecided(decidable_requests(person).filter(pending_until__gt=database_now()))
    rows = waiting.select_related("person", "tenant", "case").prefetch_related("scopes")[:SHOWN]
    return [
        {
            "url": request.get_absolute_url(),
            "person": request.person.display_name,
            "tenant": request.tenant.name,
            "environment": request.environment,
            "may": [line.sentence for line in lines_of({row.scope for row in request.scopes.all()})],
            "minutes": request.minutes,
            "ticket": request.case.ticket,
            "at": request.asked_at,
        }
        for request in rows
    ]
