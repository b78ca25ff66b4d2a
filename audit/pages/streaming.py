"""The streams of the log as a table of the integrity page."""

from typing import Any

from audit.pages.facts import Fact
from audit.streams.queries import Standing
from audit.streams.rules import Stream
from opsconsole.lib.clock import written

STREAM_COLUMNS: list[Fact] = [
    {"label": "Stream"},
    {"label": "Goes to"},
    {"label": "Next entry", "numeric": True},
    {"label": "Waiting", "numeric": True},
    {"label": "Behind"},
    {"label": "Last handed over"},
    {"label": "How it stands"},
]


def stream_rows(found: list[Standing]) -> list[list[tuple[Fact, Any]]]:
    """Return the streams as rows of the table component. A webhook is told by its host, a file by its variable."""
    return [list(zip(STREAM_COLUMNS, _cells(stand), strict=True)) for stand in found]


def _cells(stand: Standing) -> list[str]:
    row = stand.row
    return [
        stand.stream.name,
        _goes_to(stand.stream),
        f"{row.position}" if row.log == 1 else f"{row.position} of log {row.log}",
        str(stand.waiting),
        f"{stand.behind_seconds:.0f} seconds" if stand.stream.is_on else "",
        written(row.last_sent_at) if row.last_sent_at else "",
        _state(stand),
    ]


def _goes_to(stream: Stream) -> str:
    return stream.host if stream.kind == "webhook" else f"The file of {stream.place_env}"


def _state(stand: Standing) -> str:
    row = stand.row
    if not stand.stream.is_on:
        return f"Off: {stand.stream.place_env} is not set."
    if not row.failures:
        return "Is being set back" if row.by_hand else "Hands over"
    tries = "once" if row.failures == 1 else f"{row.failures} times"
    return f"Failed {tries}. {row.error}"
