"""Business hours on the wall clock of one place, pure: times of day become moments only on a given day, daylight saving included."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opsconsole.lib.bundle import Document, Problems
from opsconsole.lib.toml_values import Table, named_tables

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 1440  # minutes on the wall clock; the day of a clock change is shorter or longer
LOOK_AHEAD = 30  # days in which hours open again, holidays included
LONGEST_SHIFT = timedelta(hours=16)
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Hours:
    """Named hours. `days` count from Monday 0; `opens` and `closes` are minutes after midnight on the wall clock of `zone`.

    Where `closes` is not after `opens`, the window ends on the next day. Where the clock changes just then, the narrower reading counts.
    """

    key: str
    days: frozenset[int]
    opens: int
    closes: int
    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def window_at(self, moment: datetime) -> Window | None:
        """Return the window that a moment lies in, as UTC moments [opens, closes), or None."""
        day = moment.astimezone(self.zone).date()
        for begun in (day, day - timedelta(days=1)):
            window = self._window_of(begun)
            if window and window[0] <= moment < window[1]:
                return window
        return None

    def closes_at(self, moment: datetime) -> datetime | None:
        """Return when the hours that are open at a moment close, windows that follow at once included; None where they are closed."""
        window = self.window_at(moment)
        if window is None:
            return None
        for _ in range(len(DAYS)):
            following = self.window_at(window[1])
            if following is None:
                break
            window = following
        return window[1]

    def opens_next(self, moment: datetime) -> datetime | None:
        """Return when they open next after a moment, or None within a month."""
        day = moment.astimezone(self.zone).date()
        for ahead in range(LOOK_AHEAD):
            window = self._window_of(day + timedelta(days=ahead))
            if window and window[0] > moment:
                return window[0]
        return None

    def __str__(self) -> str:
        days = [name.capitalize() for number, name in enumerate(DAYS) if number in self.days]
        said = "every day" if len(days) == len(DAYS) else ", ".join(days)
        return f"{said}, {_clock(self.opens)} to {_clock(self.closes)} ({self.zone.key})"

    def _window_of(self, day: date) -> Window | None:
        if day.weekday() not in self.days or day in self.holidays:
            return None
        closes = self.closes if self.closes > self.opens else self.closes + DAY
        window = max(_moments(day, self.opens, self.zone)), min(_moments(day, closes, self.zone))
        return window if window[0] < window[1] else None


def closing(limits: Iterable[Hours], start: datetime) -> datetime | None:
    """Return when the first of several hours closes that are all open at `start`, None without limits.

    Raises `ValueError` with one sentence where one is closed.
    """
    ends = []
    for hours in limits:
        closes = hours.closes_at(start)
        if closes is None:
            raise ValueError(hours_fault(hours, start))
        ends.append(closes)
    return min(ends, default=None)


def hours_fault(hours: Hours, start: datetime) -> str:
    """Return one sentence that says when these hours are, and when they open next."""
    opens = hours.opens_next(start)
    again = f" They open next at {opens:%-d %b, %H:%M} UTC; choose that as the start." if opens else ""
    return f"The policy gives this only {hours}.{again}"


def shift_minutes(ends: str, zone: ZoneInfo, start: datetime, longest: int) -> int:
    """Return the whole minutes from `start` to the next time the wall clock of `zone` shows `ends` (HH:MM), at most `longest`.

    Raises `ValueError` with one sentence for a time that is none, or a shift that is over.
    """
    typed = wall_minutes(ends)
    if typed is None:
        raise ValueError("Write the end of your shift as 17:30.")
    day = start.astimezone(zone).date()
    coming = [min(_moments(day + timedelta(days=ahead), typed, zone)) for ahead in (0, 1)]
    end = next(moment for moment in (*coming, coming[-1] + LONGEST_SHIFT) if moment > start)
    if end - start > LONGEST_SHIFT:
        raise ValueError(f"Your shift is over: it ended at {ends} ({zone.key}). Write the minutes instead.")
    minutes = int((end - start).total_seconds() // 60)
    if minutes < 1:
        raise ValueError("Your shift ends in less than a minute. Write the minutes instead.")
    return min(minutes, longest)


def wall_minutes(text: str) -> int | None:
    """Return HH:MM as minutes after midnight, 24:00 included, or None for anything else."""
    match = _TIME.fullmatch(text.strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY + 1
    return minutes if minutes <= DAY else None


def parse_hours(document: Document, problems: Problems) -> dict[str, Hours]:
    """Return `[hours.<name>]`; hours with a mistake are left out."""
    found = {key: _hours(key, table) for key, table in named_tables(document, problems, "hours")}
    return {key: hours for key, hours in found.items() if hours}


def _hours(key: str, table: Table) -> Hours | None:
    days = table.some("days", DAYS, fallback=DAYS)
    opens, closes = _wall(table, "from", "08:00"), _wall(table, "to", "18:00")
    zone = _zone(table)
    holidays = _holidays(table)
    table.refuse_unknown()
    if opens is not None and opens == closes:
        table.wrong("to", "is the same as from", 'for the whole day write from = "00:00" and to = "24:00"')
        return None
    if opens is None or closes is None or zone is None or not days:
        return None
    return Hours(key, frozenset(DAYS.index(day) for day in days), opens, closes, zone, holidays)


def _wall(table: Table, key: str, example: str) -> int | None:
    text = table.text(key, fallback="")
    minutes = wall_minutes(text) if text else None
    if text and (minutes is None or (minutes == DAY and key == "from")):
        table.wrong(key, f"is {text!r}", f'write a time of day such as "{example}"')
        return None
    return minutes


def _zone(table: Table) -> ZoneInfo | None:
    name = table.text("zone", fallback="")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.wrong("zone", f"is {name!r}", 'write the name of a time zone such as "Europe/Berlin"')
        return None


def _holidays(table: Table) -> frozenset[date]:
    table.known.add("holidays")
    value = table.values.get("holidays", [])
    if not isinstance(value, list) or not all(type(item) is date for item in value):
        table.wrong("holidays", f"is {value!r}", "write a list of days such as [2026-12-25], without quotes")
        return frozenset()
    return frozenset(value)


def _moments(day: date, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return both readings of a time of day as UTC moments; they differ only where the clock skips or repeats it."""
    wall = datetime.combine(day + timedelta(days=minutes // DAY), time(minutes % DAY // 60, minutes % 60))
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
