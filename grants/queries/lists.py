"""Lists in pages by key, never by OFFSET."""

from datetime import datetime
from uuid import UUID

from accounts.models import Person
from grants.models import Case
from grants.queries.doors import decidable_requests, visible_cases
from grants.queries.pages import RequestLine, request_line
from grants.queries.undecided import undecided
from opsconsole.lib.clock import database_now
from opsconsole.lib.paging import KeysetPage, from_cursor, to_cursor

PAGE = 50  # rows


def page_of_cases(person: Person, after: str) -> KeysetPage[Case]:
    """Return one page of the cases a person may know of, newest first."""
    cases = visible_cases(person).select_related("tenant", "owner").order_by("-opened_at", "-pk")
    key = from_cursor(after, "cases")
    if key:
        opened_at, pk = datetime.fromisoformat(key[0]), UUID(key[1])
        cases = cases.filter(opened_at__lte=opened_at).exclude(opened_at=opened_at, pk__gte=pk)
    rows = list(cases[: PAGE + 1])
    more = (
        to_cursor([rows[PAGE - 1].opened_at.isoformat(), str(rows[PAGE - 1].pk)], "cases")
        if len(rows) > PAGE
        else ""
    )
    return KeysetPage(rows[:PAGE], next_cursor=more)


def page_of_queue(person: Person, after: str) -> KeysetPage[RequestLine]:
    """Return one page of the requests that wait for this person, oldest first."""
    now = database_now()
    waiting = undecided(decidable_requests(person).filter(pending_until__gt=now))
    key = from_cursor(after, "queue")
    if key:
        asked_at, pk = datetime.fromisoformat(key[0]), UUID(key[1])
        waiting = waiting.filter(asked_at__gte=asked_at).exclude(asked_at=asked_at, pk__lte=pk)
    rows = list(
        waiting.select_related("requester", "person", "tenant", "case").prefetch_related("scopes")[: PAGE + 1]
    )
    more = (
        to_cursor([rows[PAGE - 1].asked_at.isoformat(), str(rows[PAGE - 1].pk)], "queue")
        if len(rows) > PAGE
        else ""
    )
    return KeysetPage([request_line(row, now) for row in rows[:PAGE]], next_cursor=more)
