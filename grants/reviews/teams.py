"""Teams that keep asking for exceptions, week by week."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import Person, RoleMembership
from accounts.queries import roles_in_force
from grants.access_rules import AccessRules
from grants.reviews.rules import ReviewRules
from grants.rules import rules_in_force

KINDS = ("emergency start", "more time", "longer than usual")

_ASKED = """
    SELECT r.person_id, date_trunc('week', r.asked_at AT TIME ZONE 'UTC')::date, r.kind, r.extends_id IS NOT NULL, r.minutes,
           ARRAY(SELECT s.scope::text FROM grants_requestscope s WHERE s.request_id = r.id)
    FROM grants_accessrequest r WHERE r.asked_at >= clock_timestamp() - make_interval(days => %s)
"""
_REVIEWED = "SELECT team, week FROM grants_grantreview WHERE team <> ''"


@dataclass(frozen=True)
class TeamWeek:
    """One team's exceptions of one week: the role's `title`, in `numbers` how many of which kind, `mine` where the reader is in it."""

    team: str
    title: str
    week: date
    number: int
    numbers: str
    mine: bool


def teams_to_look_at(rules: ReviewRules, reader: Person) -> list[TeamWeek]:
    """Return the teams and weeks whose exceptions reach the rule's number and that nobody has looked at, newest week first.

    A team is a role of `roles.toml`, as its members hold it today. Asked for more time, for longer than the usual minutes, and emergency
    starts are exceptions.
    """
    if rules.team_exceptions is None:
        return []
    counts = _counts(rules.days)
    known, own = roles_in_force().roles, set(reader.memberships.values_list("role", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_REVIEWED)
        seen = set(cursor.fetchall())
    return [
        TeamWeek(
            team, known[team].title, week, kinds.total(), _numbers(kinds, rules.team_exceptions), team in own
        )
        for (team, week), kinds in sorted(counts.items(), key=lambda entry: entry[0][1], reverse=True)
        if team in known and kinds.total() >= rules.team_exceptions and (team, week) not in seen
    ]


def _counts(days: int) -> dict[tuple[str, date], Counter[str]]:
    teams: dict[object, list[str]] = defaultdict(list)
    for person_id, role in RoleMembership.objects.values_list("person_id", "role"):
        teams[person_id].append(role)
    counts: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    known, rules = roles_in_force().scopes, rules_in_force()
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [days])
        for person_id, week, kind, extends, minutes, scopes in cursor.fetchall():
            consequences = {known[scope].consequence for scope in scopes if scope in known}
            exception = _exception(kind, extends, minutes, consequences, rules)
            for team in teams[person_id] if exception else ():
                counts[team, week][exception] += 1
    return counts


def _exception(kind: str, extends: bool, minutes: int, consequences: set[str], rules: AccessRules) -> str:
    if kind == "break_glass":
        return "emergency start"
    if extends:
        return "more time"
    usual = (
        rules.ceremony_for(consequences) if consequences and consequences <= set(rules.ceremonies) else None
    )
    return "longer than usual" if usual and minutes > usual.default_minutes else ""


def _numbers(kinds: Counter[str], begins: int) -> str:
    parts = ", ".join(f"{kinds[kind]} × {kind}" for kind in KINDS if kinds[kind])
    return f"{kinds.total()} exceptions in a week: {parts}; the rule begins at {begins}."
