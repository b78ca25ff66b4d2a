"""The strip on top of the tenant page: the answer in plain sentences, before the evidence."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tenants.cells import Cell
from tenants.conditions import count_holds, holds
from tenants.language.shapes import Freshness, Say
from tenants.reading import SectionResult
from tenants.records import Record
from tenants.values import Unreadable, as_time

_BRACES = re.compile(r"\{(\w+(?:\.meaning)?)\}")
NO_ROWS = Record({}, {})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: texts and cells in turn, so that a page can show times as times; `panel` is where the evidence stands."""

    parts: tuple[str | Cell, ...]
    tone: str
    panel: str

    @property
    def text(self) -> str:
        """The sentence as plain text, times written out."""
        return "".join(p if isinstance(p, str) else p.spoken for p in self.parts)


def sentences(result: SectionResult, now: datetime) -> list[Sentence]:
    """What a section has to say: its first sentence that holds, then its freshness. Nothing when the section failed."""
    if result.failure or result.section.not_recorded or (result.missing and not result.records):
        return []
    return [s for s in (_first(result, now), _freshness(result, now)) if s]


def _first(result: SectionResult, now: datetime) -> Sentence | None:
    for say in result.section.says:
        record = _record_for(say, result, now)
        if record is not None:
            return Sentence(_fill(say.say, record, _count(result)), say.tone, result.panel.key)
    return None


def _count(result: SectionResult) -> str:
    """How many rows there are; where more are there than were read, only that."""
    more = "more than " if result.truncated else "at least " if result.missing else ""
    return f"{more}{len(result.records)}"


def _record_for(say: Say, result: SectionResult, now: datetime) -> Record | None:
    """The first row on which the sentence holds; a sentence about an empty section needs no row."""
    raw = [r.raw for r in result.records]
    about_count = [c for c in say.when if not c.column]
    if not all(count_holds(c, raw) for c in about_count):
        return None
    about_row = [c for c in say.when if c.column]
    for record in result.records[:1] if say.row == "first" else result.records:
        if all(holds(c, record.raw, now) for c in about_row):
            return record
    needs_row = about_row or set(_BRACES.findall(say.say)) - {"count"}
    return None if needs_row or (result.records and not about_count) or not about_count else NO_ROWS


def _fill(text: str, record: Record, count: str) -> tuple[str | Cell, ...]:
    parts: list[str | Cell] = []
    for place, part in enumerate(_BRACES.split(text)):
        if place % 2 == 0:
            parts.append(part)
        elif part == "count":
            parts.append(count)
        elif part.endswith(".meaning"):
            found = record.cell(part.removesuffix(".meaning"))
            parts.append(found.meaning or found.spoken)
        else:
            parts.append(record.cell(part))
    return tuple(p for p in parts if p != "")


@dataclass(frozen=True, slots=True)
class Age:
    """How old a section's last update is, in minutes, and whether that is within its normal window."""

    at: datetime
    minutes: int
    late: bool
    usually: str

    @property
    def sentence(self) -> str:
        usually = f"{self.usually.rstrip('.')}, now" if self.usually else "Last update"
        return f"{usually} {spell_minutes(self.minutes)} old."


def age_of(result: SectionResult, now: datetime) -> Age | None:
    """The age of the newest row, None where the section declares no freshness or has no time."""
    rule: Freshness | None = result.section.freshness
    if rule is None:
        return None
    times: list[datetime] = []
    for record in result.records:
        try:
            times.append(as_time(record.raw.get(rule.column)))
        except Unreadable:
            continue
    if not times:
        return None
    newest = max(times)
    old = max(now.astimezone(UTC) - newest, timedelta())
    return Age(
        newest, int(old.total_seconds() // 60), old > timedelta(minutes=rule.normal_minutes), rule.usually
    )


def _freshness(result: SectionResult, now: datetime) -> Sentence | None:
    age = age_of(result, now)
    if age is None or not age.late:
        return None
    return Sentence((f"{result.section.title}: {age.sentence}",), "notice", result.panel.key)


def spell_minutes(count: int) -> str:
    if count < 120:
        return f"{count} minute{'' if count == 1 else 's'}"
    if count < 48 * 60:
        return f"{count // 60} hours"
    return f"{count // (24 * 60)} days"
