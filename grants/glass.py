"""Break-glass: who may start at once without an approval, for what and how long. Without the table nobody may."""

from dataclasses import dataclass

from accounts.roles import CONSEQUENCES, Role
from opsconsole.lib.bundle import Document, Problems
from opsconsole.lib.toml_values import Table

LONGEST = 60  # minutes; an emergency start is short
READ_ONLY = ("view", "sensitive")
MOST_A_WEEK = 20


@dataclass(frozen=True)
class GlassRules:
    """The table `[break_glass]`. Times in minutes; `most_per_week` counts one person's starts of the last seven days."""

    roles: frozenset[str] = frozenset()
    consequences: frozenset[str] = frozenset()
    minutes: int = 1
    most_per_week: int = 0

    def open_to(self, consequence: str, roles: frozenset[str]) -> bool:
        """Tell whether somebody with these roles may break glass for a consequence."""
        return consequence in self.consequences and bool(self.roles & roles)


NO_GLASS = GlassRules()


def parse_glass(document: Document, problems: Problems, roles: dict[str, Role]) -> GlassRules:
    """Return `[break_glass]`; without it, or with a mistake in it, nobody breaks glass."""
    if "break_glass" not in document.data:
        return NO_GLASS
    before = len(problems.found)
    table = Table(document, problems, ("break_glass",))
    rules = GlassRules(
        roles=frozenset(table.some("roles", roles)),
        consequences=frozenset(table.some("consequences", CONSEQUENCES, fallback=READ_ONLY)),
        minutes=table.whole("minutes", least=1, most=LONGEST, fallback=15),
        most_per_week=table.whole("most_per_week", least=1, most=MOST_A_WEEK, fallback=2),
    )
    table.refuse_unknown()
    for key in sorted(rules.roles):
        if not {"ask", "act"} & roles[key].may:
            table.wrong(
                "roles", f"names {key}, who may not ask", 'give it "ask" in roles.toml or leave it out'
            )
    if not any("review" in role.may for role in roles.values()):
        table.wrong("roles", "cannot be reviewed by anybody", 'give "review" to one role in roles.toml')
    return rules if len(problems.found) == before else NO_GLASS
