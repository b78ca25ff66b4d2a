"""The report of a pack: the same events as words and plots, one HTML file that needs nothing but its style sheet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.template.loader import render_to_string

from audit.models import Event, EvidencePack
from audit.seal.store import Head, Log
from opsconsole.lib.charts import Plot, Point, bar_plot
from opsconsole.lib.evidence import Table

STYLE = Path(__file__).with_name("report.css")
MOST_BARS = 92  # days; a longer time is counted by month
MOST_PEOPLE = 12
SHORT = timedelta(days=2)  # a shorter time is counted by hour
OUTCOMES = {"ok": "Done", "refused": "Refused", "failed": "Failed"}


@dataclass(frozen=True)
class Count:
    """One plot with the numbers under it."""

    title: str
    unit: str
    plot: Plot
    numbers: list[tuple[str, int]]


@dataclass(frozen=True)
class Line:
    """One event with the number of its proof."""

    number: int
    event: Event


def report(
    pack: EvidencePack, events: Sequence[Event], tables: Sequence[Table], heads: Sequence[tuple[Log, Head]]
) -> str:
    """Return the report as HTML."""
    lines = [Line(number, event) for number, event in enumerate(events, 1)]
    context = {
        "pack": pack,
        "counts": [_over_time(events), *_shares(events)] if events else [],
        "days": [
            (day, list(rows)) for day, rows in groupby(lines, key=lambda line: _utc(line.event.at).date())
        ],
        "total": len(events),
        "first": events[0].at if events else None,
        "last": events[-1].at if events else None,
        "tickets": sorted({event.ticket for event in events if event.ticket}),
        "policies": sorted({event.policy_version for event in events if event.policy_version}),
        "tables": tables,
        "heads": heads,
    }
    return render_to_string("audit/evidence/report.html", context)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _over_time(events: Sequence[Event]) -> Count:
    """Return how many events each hour, day or month had, those without any included."""
    first, last = _utc(events[0].at), _utc(events[-1].at)
    steps = _steps(first, last)
    form = "%-d %b, %H:00" if last - first < SHORT else "%-d %b %Y" if len(steps) <= MOST_BARS else "%b %Y"
    counted = Counter(f"{_utc(event.at):{form}}" for event in events)
    labels = list(dict.fromkeys(f"{step:{form}}" for step in steps))
    unit = {"%-d %b, %H:00": "hour", "%-d %b %Y": "day"}.get(form, "month")
    return _count(f"Events each {unit}", unit.capitalize(), [(label, counted[label]) for label in labels])


def _steps(first: datetime, last: datetime) -> list[datetime | date]:
    if last - first < SHORT:
        hours = int((last - first.replace(minute=0, second=0, microsecond=0)).total_seconds() // 3600)
        return [first + timedelta(hours=hour) for hour in range(hours + 1)]
    return [first.date() + timedelta(days=day) for day in range((last.date() - first.date()).days + 1)]


def _shares(events: Sequence[Event]) -> list[Count]:
    people = Counter(event.actor_label for event in events).most_common(MOST_PEOPLE)
    kinds = Counter(event.type.partition(".")[0].replace("_", " ") for event in events).most_common(
        MOST_PEOPLE
    )
    outcomes = Counter(OUTCOMES[event.outcome] for event in events).most_common()
    return [
        _count("Events by person", "Who", people),
        _count("Events by kind", "Kind", kinds),
        _count("Events by outcome", "Outcome", outcomes),
    ]


def _count(title: str, unit: str, numbers: list[tuple[str, int]]) -> Count:
    return Count(title, unit, bar_plot([Point(label, number) for label, number in numbers]), numbers)
