"""How panels are used, counted in the log and in what people answered. Nothing is counted apart, so the numbers can be checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from audit.models import PolicyVersion
from opsconsole.lib.clock import database_now
from tenants.desk.models import PanelAnswer
from tenants.language.shapes import Panel
from tenants.queries import language_in_force

UNUSED_DAYS = 30
ELSEWHERE = "8 hours"  # within which a request for access on the same tenant counts as asking elsewhere

_OPENED = f"""
WITH looks AS (
  SELECT actor_id, tenant_id, at, fields->'panels'->>0 AS panel FROM audit_event
  WHERE type = 'panel.opened' AND at >= %(since)s AND jsonb_array_length(fields->'panels') = 1
)
SELECT panel, count(*), max(at), count(*) FILTER (WHERE EXISTS (
  SELECT 1 FROM audit_event a WHERE a.type = 'access.requested' AND a.actor_id = looks.actor_id AND a.tenant_id = looks.tenant_id
    AND a.at BETWEEN looks.at AND looks.at + interval '{ELSEWHERE}'))
FROM looks GROUP BY panel
"""  # noqa: S608
_ANSWERED = """
SELECT panel, count(*) FILTER (WHERE last = 'yes'), count(*) FILTER (WHERE last = 'no'), count(*) FILTER (WHERE last = 'guessed'),
       count(*) FILTER (WHERE asked), max(at)
FROM (SELECT panel, (array_agg(verdict ORDER BY at DESC))[1] AS last, bool_or(verdict = 'asked') AS asked, max(at) AS at
      FROM tenants_panelanswer WHERE at >= %(since)s GROUP BY panel, tenant_id, person_id, ticket, at::date) said
GROUP BY panel
"""


@dataclass(frozen=True, slots=True)
class PanelUse:
    """One panel over the last 30 days.

    `opened` counts its own page, not the tenant page that shows every panel at a glance; `elsewhere` counts the openings after which
    the same person asked for access on the same tenant within 8 hours; `engineering` the tickets on which they asked engineering.
    """

    panel: Panel
    opened: int
    elsewhere: int
    answered: int
    not_answered: int
    guessed: int
    engineering: int
    last_used: datetime | None
    since: datetime | None

    @property
    def unused(self) -> bool:
        """Nobody opened it by itself, and nobody answered beside it, for 30 days."""
        return self.last_used is None

    @property
    def young(self) -> bool:
        """The policy has had it for less than 30 days, so that no use may mean little."""
        return self.since is not None and database_now() - self.since < timedelta(days=UNUSED_DAYS)


def panel_use() -> list[PanelUse]:
    """Return the use of every panel of the policy in force, the least used first."""
    since = {"since": database_now() - timedelta(days=UNUSED_DAYS)}
    opened = {row[0]: row[1:] for row in _rows(_OPENED, since)}
    answered = {row[0]: row[1:] for row in _rows(_ANSWERED, since)}
    born = _born()
    found = [_use(p, opened.get(p.key), answered.get(p.key), born) for p in language_in_force().panels]
    return sorted(found, key=lambda use: (use.opened + use.answered, use.panel.title))


def said_of_panels(limit: int = 20) -> list[PanelAnswer]:
    """Return the last lines that people left beside a panel that did not answer."""
    said = PanelAnswer.objects.exclude(line="").select_related("tenant", "person")
    return list(said.order_by("-at")[:limit])


def _use(panel: Panel, opened: Any, answered: Any, born: dict[str, datetime]) -> PanelUse:
    count, looked, elsewhere = opened or (0, None, 0)
    yes, no, guessed, engineering, spoken = answered or (0, 0, 0, 0, None)
    last = max((at for at in (looked, spoken) if at), default=None)
    return PanelUse(panel, count, elsewhere, yes, no, guessed, engineering, last, born.get(panel.key))


def _born() -> dict[str, datetime]:
    """Since when the policy has had each panel."""
    versions = PolicyVersion.objects.filter(activated_at__isnull=False).order_by("-activated_at")
    return {
        path.removeprefix("panels/").removesuffix(".toml"): version.activated_at
        for version in versions
        for path in version.files
        if path.startswith("panels/") and version.activated_at
    }


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
