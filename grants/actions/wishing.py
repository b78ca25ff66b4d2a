"""What somebody typed becomes what is asked for: a preset fills in, a shift's end becomes minutes, and every fault is told at once."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Person
from accounts.queries import Powers, powers_of, roles_in_force
from accounts.roles import Scope
from grants import policy
from grants.access_rules import AccessRules, Ceremony
from grants.actions.building import Ask, Askers
from grants.hours import hours_fault, shift_minutes
from grants.models import Case, GrantScope
from grants.queries.notes import missing_before_access
from grants.queries.presets import what_failed
from grants.reach import in_reach
from grants.rules import rules_in_force
from opsconsole.lib.errors import Invalid


@dataclass(frozen=True)
class Wish:
    """What was typed. `minutes` may be left out for a preset's or for `shift_ends`, the end of a shift on the desk's clock."""

    scopes: frozenset[str]
    minutes: int | None
    reason: str
    starts_at: datetime | None = None
    preset: str = ""
    shift_ends: str = ""


def check_wish(case: Case, askers: Askers, powers: Powers, wish: Wish, now: datetime) -> tuple[Ask, Ceremony]:
    """Return what is asked for and its ceremony, or raise `Invalid` with every fault at once."""
    known, rules = roles_in_force().scopes, rules_in_force()
    theirs = powers_of(askers.person, fresh=True)
    errors = _people_faults(case, askers, theirs)
    missing = missing_before_access(case)
    if missing:
        errors["case"] = f"Write down on the case first: {', '.join(missing)}."
    scopes = _scopes(wish, rules, errors)
    fault = policy.scopes_fault(scopes, known, powers.asks_for & theirs.asks_for & set(rules.ceremonies))
    held = "" if fault else held_already(askers.person, case, scopes, wish.starts_at or now)
    if fault or held:
        errors.setdefault("scopes", fault or held)
    reason = reason_or_fault(
        case, wish.reason, [known[scope] for scope in sorted(scopes) if scope in known], errors
    )
    start = policy.start_fault(wish.starts_at, now)
    if start:
        errors["starts_at"] = start
    if fault:
        raise Invalid(errors)
    ceremony = rules.ceremony_for(known[scope].consequence for scope in scopes)
    consequences = {scope: known[scope].consequence for scope in scopes}
    closed = [hours for hours in rules.limits_of(consequences) if not hours.window_at(wish.starts_at or now)]
    if closed:
        errors.setdefault("starts_at", hours_fault(closed[0], wish.starts_at or now))
    minutes = _minutes(wish, ceremony, rules, now, errors)
    if errors:
        raise Invalid(errors)
    return Ask(scopes, minutes, reason, wish.starts_at, wish.preset), ceremony


def reason_or_fault(case: Case, typed: str, scopes: list[Scope], errors: dict[str, str]) -> str:
    """Return the reason to keep; a fault goes to `errors` with an example built from the case.

    Where the policy asks for no reason and none was typed, what the case says is the reason.
    """
    rules = rules_in_force()
    ceremonies = [
        rules.ceremonies[scope.consequence] for scope in scopes if scope.consequence in rules.ceremonies
    ]
    if not typed and ceremonies and not any(ceremony.reason for ceremony in ceremonies):
        return case.issue
    failed = what_failed(case)
    fault = policy.reason_fault(typed, ticket=case.ticket, rules=rules.reason, issue=f"{case.issue} {failed}")
    if fault:
        errors["reason"] = f"{fault} For example: “{policy.better_reason(case.issue, scopes, failed)}”"
    return typed


def held_already(person: Person, case: Case, scopes: frozenset[str], start: datetime) -> str:
    """Return which of the scopes the person holds at the asked start, as a sentence, or an empty text."""
    held = (
        GrantScope.objects.filter(
            person=person, tenant=case.tenant_id, scope__in=scopes, starts_at__lte=start, until__gt=start
        )
        .order_by("-until")
        .first()
    )
    if held is None:
        return ""
    sentence = roles_in_force().scopes[held.scope].may
    return f"“{sentence}” is held already, until {held.until:%H:%M} UTC. Ask for more time there."


def _people_faults(case: Case, askers: Askers, theirs: Powers) -> dict[str, str]:
    errors = {}
    if not {"ask", "act"} & theirs.may or not in_reach(askers.person, theirs, case.tenant):
        errors["for_person"] = "This person works with no access to this tenant."
    if askers.owner:
        held = powers_of(askers.owner, fresh=True)
        if not {"ask", "decide"} & held.may or not in_reach(askers.owner, held, case.tenant):
            errors["owner"] = "This person does not work with this tenant, so they cannot answer for it."
    return errors


def _scopes(wish: Wish, rules: AccessRules, errors: dict[str, str]) -> frozenset[str]:
    preset = rules.preset(wish.preset)
    if wish.preset and preset is None:
        errors["preset"] = "The policy has no such preset. Choose what you need below."
    return wish.scopes or frozenset(preset.scopes if preset else ())


def _minutes(
    wish: Wish, ceremony: Ceremony, rules: AccessRules, now: datetime, errors: dict[str, str]
) -> int:
    if wish.shift_ends:
        desk = rules.hours.get(rules.shift)
        zone = desk.zone if desk else ZoneInfo("UTC")
        try:
            return shift_minutes(wish.shift_ends, zone, wish.starts_at or now, ceremony.longest_minutes)
        except ValueError as error:
            errors["shift_ends"] = str(error)
            return 0
    preset = rules.preset(wish.preset)
    minutes = wish.minutes if wish.minutes is not None else preset.minutes if preset else None
    if minutes is None:
        errors["minutes"] = "The minutes are required, unless you choose a preset or the end of your shift."
        return 0
    fault = policy.minutes_fault(minutes, ceremony)
    if fault:
        errors["minutes"] = fault
    return minutes
