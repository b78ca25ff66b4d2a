"""What the page of retention shows: holds, and what is erased or archived next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from audit.models import LegalHold
from audit.refs import Staff
from audit.retention.forms import LiftForm
from audit.retention.queries import Month, Values, months, values_kept
from audit.retention.rules import retention_in_force
from audit.retention.words import period_of

MONTHS_SHOWN = 6


def hold_rows(
    actor: Staff, holds: Iterable[LegalHold], lifting: tuple[LegalHold, LiftForm] | None
) -> list[dict[str, Any]]:
    """Return each hold with its time in words, and the form with which this person may lift it, or None."""
    own, may, rows = actor.as_actor().id, actor.has_perm("console.hold"), []
    for hold in holds:
        liftable = may and hold.lifted_at is None and hold.placed_by_id != own
        form = LiftForm(auto_id=f"lift_{hold.pk}_%s") if liftable else None
        if lifting and lifting[0].pk == hold.pk:
            form = lifting[1]
        rows.append({"hold": hold, "period": period_of(hold), "form": form})
    return rows


def value_rows() -> list[dict[str, Any]]:
    """Return, by class, how many values are kept beside the log and what is erased next."""
    return [_value_row(values) for values in values_kept()]


def _value_row(values: Values) -> dict[str, Any]:
    held = f", {values.held} of them held" if values.held else ""
    count = f"{values.count} value{'' if values.count == 1 else 's'} kept{held}"
    return {
        "title": values.name,
        "words": f"{count}. Erased after {values.months} months.",
        "at": values.next,
    }


def month_rows() -> list[dict[str, Any]]:
    """Return the oldest months of the log, with when each can be archived and what stops it."""
    return [_month_row(month, timezone.now()) for month in months(most=MONTHS_SHOWN)]


def _month_row(month: Month, now: datetime) -> dict[str, Any]:
    due = month.due is not None and month.due <= now
    held = any("hold" in said for said in month.stops)
    word, tone = ("held", "notice") if held else ("due", "notice") if due else ("kept", "neutral")
    stops = month.stops if due or held else ()
    return {
        "title": month.title,
        "words": _kept_for(month),
        "stops": stops,
        "word": word,
        "tone": tone,
        "at": month.due,
    }


def _kept_for(month: Month) -> str:
    if month.months is not None:
        return f"Kept for {month.months} months: the longest time among the classes of its events."
    if retention_in_force().classes:
        return "Kept for ever: the policy names no time for one of its classes."
    return "Kept for ever: the policy has no retention.toml."
