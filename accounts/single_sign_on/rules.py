"""`[single_sign_on]` of `roles.toml`: which groups of the identity provider give which roles, and what its word is worth here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.policy import broken_separation
from accounts.roles import FILE, Roles, parse_roles
from opsconsole.lib.bundle import Bundle, Document, Problems
from opsconsole.lib.toml_values import Table

TABLE, GROUPS = "single_sign_on", "groups"


@dataclass(frozen=True)
class SingleSignOnRules:
    """How people come in through the identity provider; without groups nobody does.

    `claim` names their groups, `second_factor` holds the values of `amr` or `acr` that count as one (RFC 8176; OpenID Connect Core, 2),
    `add_people` says whether somebody unknown gets an account.
    """

    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    claim: str = "groups"
    second_factor: frozenset[str] = frozenset()
    add_people: bool = False

    def roles_of(self, groups: Iterable[str]) -> frozenset[str]:
        """Return the roles that somebody's groups give; a group the policy does not name gives none."""
        return frozenset(role for group in groups for role in self.groups.get(group, ()))


def parse_single_sign_on(bundle: Bundle, problems: Problems) -> SingleSignOnRules:
    """Return the rules of a bundle; mistakes go to `problems` and what they touch opens nothing."""
    document = bundle.toml(FILE, problems)
    if document is None or TABLE not in document.data:
        return SingleSignOnRules()
    table = Table(document, problems, (TABLE,))
    claim = table.text("claim", fallback="groups") if "claim" in table.values else "groups"
    counts = table.texts("second_factor") if "second_factor" in table.values else ()
    add_people = table.flag("add_people", fallback=False)
    table.refuse_unknown((GROUPS,))
    known = parse_roles(bundle, Problems())
    return SingleSignOnRules(_groups(document, problems, known), claim, frozenset(counts), add_people)


def _groups(document: Document, problems: Problems, known: Roles) -> dict[str, tuple[str, ...]]:
    table = Table(document, problems, (TABLE, GROUPS))
    if not table.values:
        what, mend = (
            "names no group, so nobody could come in",
            f'write [{TABLE}.{GROUPS}] and "group" = ["role"]',
        )
        Table(document, problems, (TABLE,)).wrong(GROUPS, what, mend)
    found = {}
    for group in table.values:
        roles = table.some(group, known.roles)
        pair = broken_separation([known.roles[key] for key in roles], known.separated)
        if pair:
            what = f"gives both {pair[0]} and {pair[1]}, which the policy keeps apart"
            table.wrong(group, what, "make two groups of it")
        else:
            found[group] = roles
    return found


def check_single_sign_on(bundle: Bundle, problems: Problems) -> None:
    """Check `[single_sign_on]`; registered for `policy check`."""
    parse_single_sign_on(bundle, problems)
