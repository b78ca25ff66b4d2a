"""What the form that asks shows: presets, both lists, the shift's end, and the emergency start where the policy lets this person."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Person, RoleMembership
from accounts.queries import powers_of, roles_in_force
from grants import policy
from grants.models import BreakGlass, Case
from grants.presets import Preset
from grants.queries.pages import ScopeLine, askable, default_minutes, lines_of
from grants.queries.presets import presets_for, what_failed
from grants.rules import rules_in_force


@dataclass(frozen=True)
class Shift:
    """When the desk closes on its own clock, as HH:MM, and the name of that clock's zone."""

    ends: str
    zone: str


@dataclass(frozen=True)
class Glass:
    """What a person may take without an approval; `owed` is the start that waits for its review, which closes the door."""

    scopes: list[ScopeLine]
    minutes: int
    owed: BreakGlass | None


def shown_to_ask(case: Case, person: Person, chosen: set[str]) -> dict[str, Any]:
    """Return what the form on a case's page needs besides itself."""
    return {
        "askable": askable(person, chosen),
        "presets": presets_for(case, person),
        "shift": shift_of_desk(),
        "glass": glass_for(person),
    }


def first_wish(
    case: Case, person: Person, *, preset_key: str = "", scopes: list[str] | None = None
) -> dict[str, Any]:
    """Return what the form begins with: the preset that was chosen with a reason built from the case, or the scopes of a link."""
    preset = rules_in_force().preset(preset_key)
    if preset is None:
        return {"scopes": scopes or [], "minutes": default_minutes(person, scopes or ())}
    return {
        "preset": preset.key,
        "scopes": list(preset.scopes),
        "minutes": preset.minutes,
        "reason": _reason(case, preset),
    }


def shift_of_desk() -> Shift:
    """Return the shift's end that the policy names, or the end of the day in UTC."""
    rules = rules_in_force()
    hours = rules.hours.get(rules.shift)
    if hours is None:
        return Shift("18:00", "UTC")
    return Shift(f"{hours.closes // 60:02}:{hours.closes % 60:02}", hours.zone.key)


def glass_for(person: Person) -> Glass | None:
    """Return what a person may take in an emergency, or None where the policy names no role of theirs."""
    rules, powers = rules_in_force().glass, powers_of(person)
    if not RoleMembership.objects.filter(person=person, role__in=rules.roles).exists():
        return None
    scopes = {
        scope.key
        for scope in roles_in_force().scopes.values()
        if scope.consequence in rules.consequences and scope.key not in powers.scopes
    }
    owed = BreakGlass.objects.filter(person=person, reviewed_at__isnull=True).first()
    return Glass(lines_of(scopes), rules.minutes, owed)


def _reason(case: Case, preset: Preset) -> str:
    known = roles_in_force().scopes
    scopes = [known[scope] for scope in preset.scopes if scope in known]
    return policy.better_reason(case.issue, scopes, what_failed(case))
