"""`[standing_rights]` of `roles.toml`: how long a right may stand without being looked at, and how long an exception may last."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.roles import FILE
from audit.policies import active_policy
from opsconsole.lib.bundle import Bundle, Problems, load
from opsconsole.lib.toml_values import Table

TABLE = "standing_rights"
LONGEST = 1096  # days


@dataclass(frozen=True)
class RightRules:
    """The longest times of standing rights, in days."""

    review_days: int = 366
    exception_days: int = 92

    @property
    def review(self) -> timedelta:
        """Return the longest time until a right is looked at again."""
        return timedelta(days=self.review_days)

    @property
    def exception(self) -> timedelta:
        """Return the longest time that an exception may last."""
        return timedelta(days=self.exception_days)


def right_rules_in_force() -> RightRules:
    """Return `[standing_rights]` of the policy in force."""
    policy = active_policy()
    return load(policy.bundle, parse_right_rules, policy.version) if policy.version else RightRules()


def parse_right_rules(bundle: Bundle, problems: Problems) -> RightRules:
    """Return the table of a bundle; without it a year and a quarter. Every mistake is added to `problems`."""
    document = bundle.toml(FILE, Problems())  # `check_roles` tells where the file itself is wrong
    if document is None or TABLE not in document.data:
        return RightRules()
    table, usual = Table(document, problems, (TABLE,)), RightRules()
    rules = RightRules(
        table.whole("review_days", least=30, most=LONGEST, fallback=usual.review_days),
        table.whole("exception_days", least=1, most=LONGEST, fallback=usual.exception_days),
    )
    table.refuse_unknown()
    return rules


def check_right_rules(bundle: Bundle, problems: Problems) -> None:
    """Check `[standing_rights]`; registered for `policy check`."""
    parse_right_rules(bundle, problems)
