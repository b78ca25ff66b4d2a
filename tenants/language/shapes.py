"""What a policy bundle says about tenants, as frozen dataclasses. The parsers beside this file build them; nothing else does."""

from dataclasses import dataclass, field, replace
from typing import Literal

from tenants.sql import Query

Kind = Literal["public", "personal", "secret"]
Tone = Literal["good", "notice", "bad", "neutral"]

KINDS = ("public", "personal", "secret")
TONES = ("good", "notice", "bad", "neutral")
AREAS = {
    "account": "Account and plan",
    "billing": "Billing",
    "jobs": "Jobs, imports and syncs",
    "flags": "Flags and incidents",
    "activity": "Recent activity and delivery",
}
SECTION_KINDS = ("facts", "table", "timeline", "progress", "chart")
SOURCE_KINDS = ("postgresql", "mysql", "sqlite", "http")
ID_TYPES = ("uuid", "uuid_bytes", "integer", "text")
FORMATS = (
    "text",
    "number",
    "money",
    "bytes",
    "duration",
    "time",
    "date",
    "status",
    "yesno",
    "json",
    "list",
    "code",
    "link",
)
MASKS = ("auto", "email", "phone", "name", "ip", "last4", "inside", "all")


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from. Secrets are never in the bundle: `url_env` and `token_env` name environment variables."""

    name: str
    kind: str = "postgresql"
    url_env: str = ""
    path: str = ""
    base_url: str = ""
    hosts: tuple[str, ...] = ()
    token_env: str = ""
    timeout_seconds: float = 3.0
    max_bytes: int = 4_000_000
    connections: int = 6


@dataclass(frozen=True, slots=True)
class Paging:
    """How an API goes on after its first page.

    `next` is where an answer names its next page, an address or a cursor for `parameter`, or says whether there is one;
    `last_row` is what of the last row becomes the cursor; `counts` asks for page 1, 2, 3 in `parameter`.
    """

    next: str = ""
    parameter: str = ""
    last_row: str = ""
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a source: SQL, or for HTTP a path with `{tenant}` and where in the answer the rows are.

    `title` is the name of a timeline's stream, for the sentence that says it is missing. An API's rows are given `columns`
    from their dotted paths and `fixed` texts.
    """

    source: str = ""
    query: Query = field(default_factory=Query)
    path: str = ""
    rows: str = ""
    tenant_column: str = ""
    tenant_by: str = "external_id"
    title: str = ""
    paging: Paging = Paging()
    columns: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    empty_on_404: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """How tenants are listed from a source, and the type of their external id."""

    ask: Question
    id_type: str = "text"
    timeout_seconds: float = 60.0

    def narrowed_to_slug(self) -> Question:
        """The question for the one tenant of a slug."""
        return replace(self.ask, query=self.ask.query.narrowed("slug", "slug"))


@dataclass(frozen=True, slots=True)
class Test:
    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when every test holds on one column of a row; a condition without column is about the number of rows."""

    column: str = ""
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class KindRule:
    """A kind for the rows on which its conditions hold, for stores that keep secrets and settings in one column."""

    when: tuple[Condition, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: where its value is found, how it is shown, and how much of it may be seen."""

    key: str
    label: str
    kind: Kind
    format: str = "text"
    origin: str = ""
    path: str = ""
    paths: tuple[str, ...] = ()
    show: bool = True
    rules: tuple[KindRule, ...] = ()
    mask: str = "auto"
    reveal: str = ""
    currency: str = ""
    currency_is: str = ""
    minor_units: int | None = None
    decimals: int | None = None
    unit: str = ""
    zone: str = "UTC"
    zone_column: str = ""
    pattern: str = ""
    glossary: str = ""
    translated: tuple[str, ...] = ()
    separator: str = ","
    yes: str = "Yes"
    no: str = "No"
    link: str = ""

    @property
    def needs_reading(self) -> bool:
        """True for times and days that mean nothing without what their column says of them."""
        return self.format in ("time", "date") and bool(
            self.zone_column or self.pattern or self.unit or self.zone != "UTC"
        )


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence for the strip on top of the page; columns stand in braces. `row` says which rows it looks at."""

    say: str
    when: tuple[Condition, ...] = ()
    tone: Tone = "neutral"
    row: str = "any"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The column with the time of the last update, its normal window, and what to tell when that has passed."""

    column: str
    normal_minutes: int
    usually: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a panel. A timeline has several streams; every other kind has one question, or says why it has none."""

    key: str
    title: str
    kind: str
    asks: tuple[Question, ...]
    columns: tuple[Column, ...]
    limit: int = 25
    timeout_seconds: float = 0.0
    healthy: str = ""
    empty: str = "Nothing here."
    not_recorded: str = ""
    kept_days: int = 0
    sort: str = ""
    says: tuple[Say, ...] = ()
    freshness: Freshness | None = None
    chart: Chart | None = None

    has_streams: bool = False

    def column(self, key: str) -> Column | None:
        return next((c for c in self.columns if c.key == key), None)


@dataclass(frozen=True, slots=True)
class CheckSide:
    label: str
    section: str
    column: str
    time_column: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Two values that should agree, each the first row of a section, and the usual cause when they do not."""

    key: str
    title: str
    left: CheckSide
    right: CheckSide
    expect: str = "equal"
    cause: str = ""
    tone: Tone = "bad"


@dataclass(frozen=True, slots=True)
class Panel:
    """Answers one question about one tenant, under one scope."""

    key: str
    title: str
    question: str
    area: str
    scope: str
    order: int = 100
    owner: str = ""
    escalation: str = ""
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()

    def section(self, key: str) -> Section | None:
        return next((s for s in self.sections if s.key == key), None)


@dataclass(frozen=True, slots=True)
class Word:
    """One status code of the product in plain language; `word` is shown in its place, the code stays within reach."""

    meaning: str
    tone: Tone = "neutral"
    word: str = ""


@dataclass(frozen=True, slots=True)
class Glossary:
    """Status words by set; `status` is the set every column falls back to."""

    sets: dict[str, dict[str, Word]]

    def word(self, name: str, code: str) -> Word | None:
        """The word for a code: the column's own set first, then `status`; upper and lower case count as the same if nothing else fits."""
        for words in (self.sets.get(name, {}), self.sets.get("status", {})):
            found = words.get(code) or words.get(code.lower())
            if found:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Language:
    """Everything the tenants app reads from a bundle."""

    panels: tuple[Panel, ...]
    sources: dict[str, Source]
    directory: Directory | None
    glossary: Glossary
    digest: str = ""

    def panel(self, key: str) -> Panel | None:
        return next((p for p in self.panels if p.key == key), None)
