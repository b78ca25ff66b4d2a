"""A person's inbox, and for administrators what could not be delivered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from accounts.models import Person
from grants.delivery.receivers import TO_DECIDERS
from grants.models import Channel, Delivery, Notice, Outbox
from grants.notify_rules import notify_rules_in_force
from opsconsole.lib.paging import KeysetPage, from_cursor, to_cursor

PAGE = 50  # rows
MOST_COUNTED = 100  # a number in the navigation; what is above says the same
MOST_GIVEN_UP = 100
VIEWS = ("unread", "decide", "all")


@dataclass(frozen=True)
class ChannelLine:
    """One way out of the console, and how it stands."""

    title: str
    state: str
    tone: str
    detail: str
    waiting: int
    oldest: datetime | None
    channel: Channel | None


@dataclass(frozen=True)
class GivenUp:
    """One message that was given up."""

    id: UUID
    what: str
    way: str
    to: str
    tries: int
    error: str
    at: datetime


def unread_count(person: Person) -> int:
    """Return how many unread lines a person has, at most `MOST_COUNTED`."""
    return Notice.objects.filter(person=person, read_at__isnull=True)[:MOST_COUNTED].count()


def page_of_inbox(person: Person, view: str, after: str) -> KeysetPage[Notice]:
    """Return one page of a person's inbox, newest first; `view` is one of VIEWS."""
    notices = Notice.objects.filter(person=person).select_related("outbox").order_by("-made_at", "-pk")
    if view != "all":
        notices = notices.filter(read_at__isnull=True)
    if view == "decide":
        notices = notices.filter(outbox__kind__in=TO_DECIDERS)
    key = from_cursor(after, f"inbox {view}")
    if key:
        made_at, pk = datetime.fromisoformat(key[0]), UUID(key[1])
        notices = notices.filter(made_at__lte=made_at).exclude(made_at=made_at, pk__gte=pk)
    rows = list(notices[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    more = to_cursor([last.made_at.isoformat(), str(last.pk)], f"inbox {view}") if last else ""
    return KeysetPage(rows[:PAGE], next_cursor=more)


def channel_lines() -> list[ChannelLine]:
    """Return every way out that the policy names or that something waits for."""
    open_ones = Q(sent_at__isnull=True, dropped_at__isnull=True, dead_at__isnull=True)
    waiting = {
        row["channel"]: (row["number"], row["oldest"])
        for row in Delivery.objects.filter(open_ones)
        .order_by()
        .values("channel")
        .annotate(number=Count("pk"), oldest=Min("made_at"))
    }
    known = {channel.pk: channel for channel in Channel.objects.all()}
    hooks = [hook.channel for hook in notify_rules_in_force().webhooks.values()]
    names = dict.fromkeys([Delivery.EMAIL, *hooks, *waiting])
    return [_line(name, known.get(name), *waiting.get(name, (0, None))) for name in names]


def _line(name: str, channel: Channel | None, number: int, oldest: datetime | None) -> ChannelLine:
    from grants.delivery.channels import is_connected

    hook = notify_rules_in_force().webhook_of(name)
    if hook and not is_connected(hook):
        state, tone, detail = "Off", "neutral", f"{hook.url_env} is not set."
    elif channel and channel.down_since:
        state, tone, detail = "Down", "bad", channel.error
    else:
        state, tone, detail = "Works", "good", ""
    return ChannelLine(way_of(name), state, tone, detail, number, oldest, channel)


def given_up() -> list[GivenUp]:
    """Return the messages that were given up, newest first, at most `MOST_GIVEN_UP` of each sort."""
    dead = Delivery.objects.filter(dead_at__isnull=False).select_related("outbox", "person")
    whole = Outbox.objects.filter(dead_at__isnull=False)
    lines = [
        GivenUp(
            row.pk,
            str(row.outbox),
            way_of(row.channel),
            row.person.display_name if row.person else "",
            row.attempts,
            row.error,
            row.dead_at or row.made_at,
        )
        for row in dead.order_by("-dead_at")[:MOST_GIVEN_UP]
    ]
    lines += [
        GivenUp(row.pk, str(row), "Inboxes", "", row.attempts, row.error, row.dead_at or row.made_at)
        for row in whole.order_by("-dead_at")[:MOST_GIVEN_UP]
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def way_of(channel: str) -> str:
    """Return the name of a channel in words."""
    return "E-mail" if channel == Delivery.EMAIL else f"Webhook {channel.removeprefix('webhook:')}"
