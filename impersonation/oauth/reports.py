"""Reads what the product reports of a session; nothing is bent to fit, and a long text is cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from impersonation.oauth.texts import plain

MOST_EVENTS = 500  # of one batch
MOST_MISSING = 2_000  # numbers of one session that are waited for
LONGEST = 200  # characters of one fact
MOST_CAUSES = 12  # why the banner was not there; the package knows ten
HIGHEST = 1_000_000


@dataclass(frozen=True)
class Report:
    """One thing that happened in the product, as it told it."""

    sid: UUID
    seq: int
    kind: str
    at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return one fact as a text, empty where there is none."""
        value = self.facts.get(name)
        is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
        return plain(value, LONGEST) if is_text else ""

    def count(self, name: str) -> int:
        """Return one fact as a number of answers, 0 where there is none."""
        return _counted(self.facts.get(name))

    def counts(self, name: str) -> dict[str, int]:
        """Return one fact as numbers of answers by cause; those above MOST_CAUSES are left out."""
        value = self.facts.get(name)
        listed = sorted(value.items())[:MOST_CAUSES] if isinstance(value, dict) else []
        return {plain(cause, 30): _counted(number) for cause, number in listed if _counted(number)}


def read_reports(claims: Mapping[str, Any]) -> tuple[list[Report], int]:
    """Return the reports of a batch in their order, and how many could not be read."""
    listed = claims.get("events")
    given = listed[:MOST_EVENTS] if isinstance(listed, list) else []
    read = [report for each in given if (report := _read(each)) is not None]
    return sorted(read, key=lambda report: (report.sid, report.seq)), len(given) - len(read)


def _read(event: Any) -> Report | None:
    if not isinstance(event, dict):
        return None
    seq, kind, facts = event.get("seq"), event.get("kind"), event.get("facts", {})
    if (
        type(seq) is not int
        or not 0 < seq <= HIGHEST
        or not isinstance(kind, str)
        or not isinstance(facts, dict)
    ):
        return None
    try:
        at = datetime.fromisoformat(str(event.get("at"))).astimezone(UTC)
        return Report(UUID(str(event.get("sid"))), seq, kind, f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", facts)
    except (ValueError, OverflowError):
        return None


def _counted(value: object) -> int:
    return min(value, HIGHEST) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def place(seq: int, highest: int, missing: list[int]) -> tuple[bool, int, list[int]]:
    """Return whether a number is new, and the highest and the missing numbers after it.

    A number above the next one leaves a gap: what lies between is missing until it comes. Raises `ValueError` for a leap too far.
    """
    if seq > highest:
        gap = list(range(highest + 1, seq))
        if len(gap) + len(missing) > MOST_MISSING:
            raise ValueError(f"{len(gap)} reports are missing before {seq}")
        return True, seq, [*missing, *gap]
    if seq in missing:
        return True, highest, [number for number in missing if number != seq]
    return False, highest, missing
