"""What support sessions say of themselves in an evidence pack (NIST AU-6, AC-2(12))."""

from datetime import UTC, datetime

from django.db.models import Q

from impersonation.models import SupportSession
from opsconsole.lib.evidence import Found, Table

COLUMNS = (
    "Session", "Agent", "As", "Role", "How", "Ticket", "Access", "Scopes", "Started at", "In the product since", "Ended at", "Why it ended",
    "Ended by", "Pages with banner", "Other answers", "A page lacked the banner",
)  # fmt: skip


def session_tables(*, found: Found) -> list[Table]:
    """Return the support sessions that the events of a pack hang on, and those under its accesses."""
    rows = (
        SupportSession.objects.filter(Q(pk__in=found.sessions) | Q(grant__in=found.grants))
        .select_related("agent", "case", "ended_by", "trace")
        .order_by("started_at", "pk")
    )
    lead = "Each support session: who worked as whom, under which access, how long, and whether the banner stood on every page."
    return [Table("sessions", "Support sessions", lead, COLUMNS, tuple(_row(row) for row in rows))]


def _row(row: SupportSession) -> tuple[str, ...]:
    return (
        str(row.pk),
        row.agent.display_name,
        row.subject_id or "nobody",
        row.subject_role,
        row.get_mode_display(),
        row.case.ticket,
        str(row.grant_id),
        ", ".join(row.scopes),
        _at(row.started_at),
        _at(row.opened_at),
        _at(row.ended_at),
        row.get_cause_display(),
        row.ended_by.display_name if row.ended_by else "",
        str(row.trace.shown),
        ", ".join(f"{cause}: {count}" for cause, count in sorted(row.trace.unshown.items())),
        "yes" if row.trace.flagged else "no",
    )


def _at(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
