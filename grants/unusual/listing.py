"""Flags that wait for a word, those that were escalated, and the last words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from grants.models import FlagEvent, FlagWord, UnusualFlag
from grants.unusual.rules import TITLES

MOST = 100  # flags of one list; the oldest wait until the newer ones are closed
EVENTS_SHOWN = 6


@dataclass(frozen=True)
class Flag:
    """One flag as the list shows it. `mine` is whether it is about the reader; `escalated` the word with which it was handed on."""

    row: UnusualFlag
    title: str
    events: tuple[FlagEvent, ...]
    more: int
    mine: bool
    escalated: FlagWord | None


def open_flags() -> QuerySet[UnusualFlag]:
    """Return the flags that nobody dismissed."""
    over = FlagWord.objects.filter(flag=OuterRef("pk"), word=FlagWord.Word.DISMISSED)
    return UnusualFlag.objects.filter(~Exists(over))


def new_flags() -> QuerySet[UnusualFlag]:
    """Return the flags that have no word at all."""
    return UnusualFlag.objects.filter(~Exists(FlagWord.objects.filter(flag=OuterRef("pk"))))


def flags_to_look_at(reader: UUID) -> list[Flag]:
    """Return the flags that nobody dismissed, newest first, the escalated ones among them."""
    rows = open_flags().select_related("person", "tenant").prefetch_related("events", "said__reviewer")
    return list(_flags(rows[:MOST], reader))


def _flags(rows: Iterable[UnusualFlag], reader: UUID) -> Iterable[Flag]:
    for row in rows:
        events = list(row.events.all())
        yield Flag(
            row,
            TITLES.get(row.rule, row.rule),
            tuple(events[:EVENTS_SHOWN]),
            max(len(events) - EVENTS_SHOWN, 0),
            row.person_id == reader,
            next(iter(row.said.all()), None),
        )


def flag_of(flag_id: UUID) -> UnusualFlag:
    """Return one flag. Raises `Http404` where there is none."""
    row = UnusualFlag.objects.filter(pk=flag_id).first()
    if row is None:
        raise Http404("No flag.")
    return row


def words_on_flags(most: int) -> QuerySet[FlagWord]:
    """Return the last words that closed a flag."""
    dismissed = FlagWord.objects.filter(word=FlagWord.Word.DISMISSED)
    return dismissed.select_related("flag__person", "flag__tenant", "reviewer")[:most]
