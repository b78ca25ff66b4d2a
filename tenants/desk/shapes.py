"""What `health.toml` says, as frozen dataclasses."""

from dataclasses import dataclass

from tenants.language.shapes import Say, Section

VERDICTS = {
    "good": "Nothing stands out",
    "notice": "Worth a look",
    "bad": "Needs somebody now",
    "neutral": "Not known",
}


@dataclass(frozen=True, slots=True)
class Query:
    """One question about all tenants of a book at once. Its section says one sentence for each row, `empty` for none."""

    key: str
    scope: str
    section: Section

    @property
    def title(self) -> str:
        return self.section.title

    @property
    def source(self) -> str:
        return self.section.asks[0].source


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason: it counts for a tenant when its condition holds on a row of its query."""

    key: str
    query: str
    say: Say


@dataclass(frozen=True, slots=True)
class Health:
    """The whole file. The worst tone of the reasons that hold is the verdict; there is no number to weigh.

    `home_roles` are the roles without a book whose home page lists the tenants that need somebody, under the scopes they hold.
    """

    queries: tuple[Query, ...] = ()
    rules: tuple[Rule, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = tuple(VERDICTS.items())
    home_roles: frozenset[str] = frozenset()

    def verdict(self, tone: str) -> str:
        return dict(self.verdicts)[tone]
