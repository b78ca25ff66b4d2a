"""Comma-separated tables that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Sequence

from audit.models import Event

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula (OWASP, CSV injection)."""

COLUMNS = (
    "number", "at", "sentence", "type", "outcome", "outcome_code", "actor_kind", "actor_label", "actor_id",
    "subject_label", "subject_id", "tenant_label", "tenant_id", "tenant_environment", "tenant_region", "object_type",
    "object_label", "object_id", "surface", "authority", "id", "ticket", "case_id", "request_id", "grant_id", "session_id",
    "approval_state", "reason_class", "policy_version", "http_request_id",
)  # fmt: skip


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what looks like one, also behind spaces."""
    return f"'{cell}" if cell.lstrip(" \n\u00a0").startswith(FORMULA) else cell


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as UTF-8, every cell in quotes and harmless."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def event_row(number: int, event: Event) -> list[str]:
    """Return one event as a row of `COLUMNS`; the number is that of its proof."""
    values = {"number": str(number), "at": event.at.isoformat()}
    return [values.get(name, str(getattr(event, name, "") or "")) for name in COLUMNS]
