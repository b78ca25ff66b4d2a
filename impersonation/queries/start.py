"""What the start page shows: exactly what may be done, what must be left alone, and the panels that answer without a session."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from grants import policy as words_policy
from grants.models import Grant
from grants.queries.pages import Bounds, bounds_of, grant_line
from grants.queries.presets import what_failed
from impersonation.queries.state import State, live_session_of
from impersonation.running.rules import actions_in_force
from impersonation.session_rules import SessionRules, session_rules_in_force
from opsconsole.lib.clock import database_now
from tenants.language.shapes import Panel
from tenants.queries import access_to, language_in_force

STEM = 5  # letters that two words share to mean the same thing
MOST_PANELS = 3

LEFT_ALONE = (
    "Passwords, second factors and sign-in sessions",
    "Billing, payment and plan",
    "Exports and downloads of data",
    "Ownership and administration",
)
"""What a session leaves alone whatever its scopes: the product's own rules refuse it (support_session, ROUTES)."""


@dataclass(frozen=True)
class Start:
    """The start of a session under one grant. `live` is the session the person works in already, if any.

    `has_actions` tells whether the grant holds approved actions: they change something even in a session that only looks.
    """

    grant: Grant
    may: list[str]
    leave: list[str]
    modes: tuple[str, ...]
    panels: list[Panel]
    rules: SessionRules
    live: State | None
    may_start: bool
    has_actions: bool


def start_of(grant: Grant, person: Person) -> Start:
    """Return what the start page shows for one live grant."""
    rules = session_rules_in_force()
    line = grant_line(grant, database_now())
    held = {scope.key for scope in line.scopes}
    bounds: Bounds = bounds_of(held, person)
    modes = rules.modes_of(held)
    return Start(
        grant=grant,
        may=[scope.sentence for scope in bounds.may],
        leave=[*(LEFT_ALONE if modes else ()), *_left(bounds, modes, rules)],
        modes=modes,
        panels=panels_answering(grant, person),
        rules=rules,
        live=live_session_of(person),
        may_start=line.name == "live" and grant.person_id == person.pk,
        has_actions=any(action.scope in held for action in actions_in_force().values()),
    )


def _left(bounds: Bounds, modes: tuple[str, ...], rules: SessionRules) -> list[str]:
    """Return what stays closed; who may act may also look, so that is not named."""
    open_by_act = {rules.view} if "act" in modes else set()
    return [scope.sentence for scope in bounds.leave if scope.key not in open_by_act]


def panels_answering(grant: Grant, person: Person) -> list[Panel]:
    """Return the read-only panels open to the person that speak of what the case reports, the closest first."""
    asked = _stems(f"{grant.case.issue} {what_failed(grant.case)} {grant.request.reason}")
    panels = language_in_force().panels
    scored = [
        (
            len(asked & _stems(" ".join([panel.title, panel.question, *(s.title for s in panel.sections)]))),
            panel,
        )
        for panel in panels
    ]
    near = tuple(panel for score, panel in sorted(scored, key=lambda pair: -pair[0]) if score)
    return [access.panel for access in access_to(person, grant.tenant, near) if access.authority][
        :MOST_PANELS
    ]


def grant_section(*, person: Person, grant: Grant) -> dict[str, Any] | None:
    """Return the section on a grant's page: its sessions, and the way to start one; None where there is nothing to say."""
    is_live = grant_line(grant, database_now()).name == "live"
    sessions = list(grant.sessions.select_related("agent").order_by("-started_at")[:10])
    may_start = is_live and grant.person_id == person.pk and person.has_perm("console.act")
    if not sessions and not may_start:
        return None
    return {
        "template": "impersonation/_grant.html",
        "sessions": sessions,
        "may_start": may_start,
        "modes": session_rules_in_force().modes_of({row.scope for row in grant.scopes.all()}),
    }


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in words_policy.plain(text).split() if len(word) >= STEM}
