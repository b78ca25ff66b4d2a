from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Person

LATELY_DAYS = 90
_USES = f"""
    SELECT authority, tenant_id, coalesce(grant_id::text, ''), max(at) FROM audit_event
    WHERE actor_id = %s AND at >= clock_timestamp() - interval '{LATELY_DAYS} days' AND outcome = 'ok'
      AND (%s = '' OR tenant_id = %s)
    GROUP BY 1, 2, 3
"""  # noqa: S608 - a number of this module


@dataclass(frozen=True)
class Uses:
    """When somebody last used each authority, as the log has it: rows of authority, tenant, grant and time, of the last 90 days."""

    rows: tuple[tuple[str, str, str, datetime], ...]

    def last(self, authority: str, *, tenant_id: str = "", grant_id: str = "") -> datetime | None:
        """Return the last use of an authority, anywhere or on one tenant or under one grant."""
        return max(
            (
                at
                for kind, tenant, grant, at in self.rows
                if kind == authority and tenant_id in ("", tenant) and grant_id in ("", grant)
            ),
            default=None,
        )


def uses_of(person: Person, tenant_id: str = "") -> Uses:
    """Return what somebody used lately, anywhere or on one tenant, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_USES, [str(person.pk), tenant_id, tenant_id])
        return Uses(tuple(cursor.fetchall()))
