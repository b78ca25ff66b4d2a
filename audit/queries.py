"""Reading the log: a page of the explorer, one event, and what stands around it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from auditlog.models import LogEntry
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from psycopg.errors import QueryCanceled

from audit.lookups import after, before
from audit.models import Event
from audit.names import labelled
from audit.registry import all_types
from opsconsole.lib.errors import ConsoleError
from opsconsole.lib.paging import KeysetPage, from_cursor, to_cursor
from opsconsole.lib.registry import audit_reach, resolvers

PAGE = 50  # events
LONGEST_STORY = 500  # events on one page
LONGEST_READ = 3000  # milliseconds of one statement
SAME_REQUEST = timedelta(hours=1)  # a request is shorter; the bound keeps the search within an index
NEIGHBOURS = 6  # events shown before and after one


class TooWide(ConsoleError):
    code = "search_too_wide"
    status = 422


@dataclass(frozen=True)
class Filters:
    """What the explorer is asked for; empty means any. Times are aware, `until` is included."""

    q: str = ""
    actor: str = ""
    tenant: str = ""
    type: str = ""
    outcome: str = ""
    ticket: str = ""
    grant: UUID | None = None
    session: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def names(self) -> list[str]:
        """Return the names of the filters in use."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


@dataclass(frozen=True)
class Group:
    """Events of one HTTP request that stand next to each other, newest first."""

    events: list[Event]

    @property
    def is_shared(self) -> bool:
        return len(self.events) > 1


def events_within_reach(person: object) -> QuerySet[Event]:
    """Return the events a reader of the log may see, as one query."""
    found = Event.objects.all()
    for reach in audit_reach:
        limit = reach(person=person)
        if limit is not None:
            found = found.filter(limit)
    return found


def get_event_for(person: object, event_id: UUID) -> Event:
    """Return one event. Raises `Http404` where there is none or the reader may not see it: the two look the same."""
    event = events_within_reach(person).filter(id=event_id).first()
    if event is None:
        raise Http404("There is no such event.")
    return event


def place_of(person: object, filters: Filters) -> str:
    """Return what a cursor is good for: one reader and one search, so that no search is made without its event."""
    return f"audit {getattr(person, 'pk', '')} {filters}"


def explorer_page(person: object, filters: Filters, cursor: str = "") -> KeysetPage[Event]:
    """Return one page of the log, newest first. Raises `TooWide` where PostgreSQL would read for longer than the limit."""
    place = place_of(person, filters)
    key = from_cursor(cursor, place)
    with read_limit():
        asked = events_within_reach(person).filter(condition(filters))
        if key and key[0] == "newer":
            rows = list(asked.filter(after(*key[1:])).order_by("at", "id")[: PAGE + 1])
            more = len(rows) > PAGE
            rows = rows[:PAGE][::-1]
            return _page(rows, place, older=bool(rows), newer=more)
        if key:
            asked = asked.filter(before(*key[1:]))
        rows = list(asked.order_by("-at", "-id")[: PAGE + 1])
        return _page(rows[:PAGE], place, older=len(rows) > PAGE, newer=bool(key and rows))


def count_exactly(person: object, filters: Filters) -> int:
    """Return how many events fit; only on demand, for it reads them all. Raises `TooWide`."""
    with read_limit():
        return events_within_reach(person).filter(condition(filters)).count()


@dataclass(frozen=True)
class Stretch:
    """Groups of events that stand next to each other in one support session, or in none."""

    session_id: UUID | None
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.events) for group in self.groups)


@dataclass(frozen=True)
class Story:
    """The events of a tenant, grant, session or ticket from the first to the last, by day; `is_whole` is false where more follow."""

    days: list[tuple[date, list[Stretch]]]
    people: list[tuple[str, int]]
    tickets: list[str]
    count: int
    is_whole: bool


def story_of(person: object, filters: Filters) -> Story:
    """Return the story of what the filters name, at most `LONGEST_STORY` events of it. Raises `TooWide`."""
    with read_limit():
        found = events_within_reach(person).filter(condition(filters)).order_by("at", "id")
        rows = list(found[: LONGEST_STORY + 1])
    told = rows[:LONGEST_STORY]
    days = groupby(told, key=lambda event: event.at.astimezone(UTC).date())
    return Story(
        days=[(day, in_sessions(list(events))) for day, events in days],
        people=Counter(event.actor_label for event in told).most_common(),
        tickets=sorted({event.ticket for event in told if event.ticket}),
        count=len(told),
        is_whole=len(rows) <= LONGEST_STORY,
    )


def _page(rows: list[Event], place: str, *, older: bool, newer: bool) -> KeysetPage[Event]:
    def cursor(way: str, event: Event) -> str:
        return to_cursor([way, event.at.isoformat(), str(event.id)], place)

    return KeysetPage(
        rows,
        next_cursor=cursor("older", rows[-1]) if older else "",
        previous_cursor=cursor("newer", rows[0]) if newer else "",
    )


@contextmanager
def read_limit(milliseconds: int = LONGEST_READ) -> Iterator[None]:
    """Give each statement of a block a time limit. Raises `TooWide` when it is reached."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooWide(
                "This search would read too much of the log. Name a person, a tenant, a ticket or a shorter time and search again."
            ) from error
        raise


def condition(filters: Filters) -> Q:
    """Return the condition for the events that filters ask for."""
    wanted = Q()
    if filters.actor:
        wanted &= _named("actor", filters.actor)
    if filters.tenant:
        wanted &= _named("tenant", filters.tenant)
    if filters.type:
        wanted &= Q(type__in=_types(filters.type))
    if filters.ticket:
        wanted &= Q(ticket__in=sorted({filters.ticket, filters.ticket.upper()}))
    if filters.q:
        few = filters.tenant or filters.ticket or filters.grant or filters.session
        wanted &= Q(sentence__mentions=filters.q) if few else Q(sentence__holds=filters.q)
    exact = {
        "outcome": filters.outcome,
        "grant_id": filters.grant,
        "session_id": filters.session,
        "at__gte": filters.since,
        "at__lte": filters.until,
    }
    return wanted & Q(**{name: value for name, value in exact.items() if value})


def ids_meant(what: str, text: str) -> list[str]:
    """Return the ids that a text means for an actor or tenant: an id, a name its app knows, or else words of the copied label."""
    return _ids_known(what, text) or labelled(what, text).ids


def _ids_known(what: str, text: str) -> list[str]:
    ids = resolvers[what](text) if what in resolvers else []
    with suppress(ValueError):
        ids = [str(UUID(text)), *ids]
    return ids


def _named(what: str, text: str) -> Q:
    """Return the condition for an actor or tenant: what `ids_meant` returns, or a label that stands without an id."""
    ids = _ids_known(what, text)
    if ids:
        return Q(**{f"{what}_id__in": ids})
    found = labelled(what, text)
    by_id = Q(**{f"{what}_id__in": found.ids})
    return by_id | Q(**{f"{what}_id": "", f"{what}_label__in": found.labels}) if found.labels else by_id


def _types(text: str) -> list[str]:
    """Return the types a text means: one by its name, or all whose name begins with it and a dot."""
    start = text.rstrip(".*") + "."
    return [text, *(kind.name for kind in all_types() if kind.name.startswith(start))]


def grouped(rows: list[Event]) -> list[Group]:
    """Return neighbouring events of one HTTP request together."""
    return [
        Group(list(events))
        for _, events in groupby(rows, key=lambda event: event.http_request_id or str(event.id))
    ]


def in_sessions(rows: list[Event]) -> list[Stretch]:
    """Return neighbouring events of one support session together, and in it those of one HTTP request."""
    return [
        Stretch(session, grouped(list(events)))
        for session, events in groupby(rows, key=lambda event: event.session_id)
    ]


@dataclass(frozen=True)
class Surroundings:
    """What the event page shows beside the event itself."""

    around: list[Event]
    same_request: list[Event]
    same_session: list[Event]
    same_grant: list[Event]
    details: list[LogEntry]


def surroundings(person: object, event: Event) -> Surroundings:
    """Return the events next to one in time, of its request, session and grant, and the field history that its request wrote."""
    seen = events_within_reach(person)
    older = seen.filter(before(event.at, event.id)).order_by("-at", "-id")[:NEIGHBOURS]
    newer = seen.filter(after(event.at, event.id)).order_by("at", "id")[:NEIGHBOURS]
    near = Q(at__gte=event.at - SAME_REQUEST, at__lte=event.at + SAME_REQUEST)
    request = seen.filter(near, http_request_id=event.http_request_id).order_by("at", "id")
    session = seen.filter(session_id=event.session_id).order_by("-at", "-id")
    grant = seen.filter(grant_id=event.grant_id).order_by("-at", "-id")
    details = LogEntry.objects.filter(cid=event.http_request_id).select_related("content_type", "actor")
    has_request = bool(event.http_request_id)
    with read_limit():
        return Surroundings(
            around=[*reversed(newer), event, *older],
            same_request=list(request[:PAGE]) if has_request else [],
            same_session=list(session[:NEIGHBOURS]) if event.session_id else [],
            same_grant=list(grant[:NEIGHBOURS]) if event.grant_id else [],
            details=list(details.order_by("timestamp")[:PAGE]) if has_request else [],
        )
