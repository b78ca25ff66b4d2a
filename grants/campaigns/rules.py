"""The table `[standing]` of `reviews.toml`: when standing access is looked at, for how long, and what becomes of what nobody looks at."""

from dataclasses import dataclass

from accounts.rights.rules import TABLE, parse_right_rules
from accounts.roles import FILE as ROLES
from audit.policies import active_policy
from grants.reviews.rules import FILE
from opsconsole.lib.bundle import Bundle, Problems, load
from opsconsole.lib.toml_values import Table

QUARTER, NEVER = "quarter", "never"
END, TELL = "end", "tell"


@dataclass(frozen=True)
class StandingRules:
    """How access reviews run. Times in days; `remind_days` is how long before the end the reviewers hear again.

    `overdue` is "end" where a role or right that nobody looked at in time ends, "tell" where it is only told. A kept right is looked at
    again within `keep_days`.
    """

    every: str = NEVER
    days: int = 21
    remind_days: tuple[int, ...] = (7, 2)
    overdue: str = TELL
    keep_days: int = 180


def standing_rules_in_force() -> StandingRules:
    """Return `[standing]` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_standing, policy.version) if policy.version else StandingRules()


def parse_standing(bundle: Bundle, problems: Problems) -> StandingRules:
    """Return the table of a bundle; without it reviews begin only when somebody asks. Every mistake is added to `problems`."""
    document = bundle.toml(FILE, Problems()) if FILE in bundle.files else None
    if document is None or "standing" not in document.data:
        return StandingRules()
    table = Table(document, problems, ("standing",))
    rules = StandingRules(
        every=table.one("every", (QUARTER, NEVER)) or NEVER,
        days=table.whole("days", least=2, most=60, fallback=21),
        remind_days=_days(table),
        overdue=table.one("overdue", (END, TELL)) or TELL,
        keep_days=table.whole("keep_days", least=30, most=366, fallback=180),
    )
    table.refuse_unknown()
    if rules.keep_days > (longest := parse_right_rules(bundle, Problems()).review_days):
        what = f"is {rules.keep_days}, and [{TABLE}] of {ROLES} wants a right looked at within {longest}"
        table.wrong("keep_days", what, "write fewer days here, or more there")
    return rules


def _days(table: Table) -> tuple[int, ...]:
    table.known.add("remind_days")
    value = table.values.get("remind_days", [7, 2])
    if not isinstance(value, list) or not all(type(day) is int and 1 <= day <= 60 for day in value):
        table.wrong("remind_days", f"is {value!r}", "write days before the end such as [7, 2]")
        return (7, 2)
    return tuple(sorted(set(value), reverse=True))


def check_standing(bundle: Bundle, problems: Problems) -> None:
    """Add every mistake of `[standing]` to `problems`; registered in `ready()` for `manage.py policy check`."""
    parse_standing(bundle, problems)
