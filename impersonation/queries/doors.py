"""Doors: the only way from an id in a URL to a session. Whoever may know of the access may know of its sessions."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Person
from accounts.queries import powers_of
from grants.queries import get_grant_for
from grants.queries.doors import visible_requests
from impersonation.models import SupportSession


def get_session_for(person: Person, session_id: UUID) -> SupportSession:
    """Return a session the person worked in, decides on, administers or reviews. Raises `Http404` for every other."""
    wanted = SupportSession.objects.select_related(
        "agent", "tenant", "case", "grant", "grant__request", "ended_by", "trace"
    )
    session = wanted.filter(pk=session_id).first()
    if session is None:
        raise Http404("No session.")
    session.grant = get_grant_for(person, session.grant_id)
    return session


def visible_sessions(person: Person) -> QuerySet[SupportSession]:
    """Return the sessions a person may know of, newest first, with what a list shows."""
    powers = powers_of(person)
    rows = SupportSession.objects.select_related("agent", "tenant", "case", "grant", "trace")
    if {"review", "manage_people"} & powers.may:
        return rows
    mine = rows.filter(agent=person)
    return mine | rows.filter(grant__request__in=visible_requests(person))
