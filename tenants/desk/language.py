"""`health.toml`: what the portfolio asks of the product for all tenants of a book, and which answers are reasons to worry."""

import re
from typing import cast

from opsconsole.lib.bundle import Bundle, Problems, load
from tenants.desk.shapes import VERDICTS, Health, Query, Rule
from tenants.language.columns import parse_columns
from tenants.language.conditions import parse_when
from tenants.language.load import language_of
from tenants.language.reader import Reader, closest
from tenants.language.sections import key_of, parse_question, parse_says
from tenants.language.shapes import TONES, Column, Say, Section, Source, Tone

FILE = "health.toml"
LONGEST = 5_000  # rows of one query over a whole book
_SAID = re.compile(r"\{(\w+)(?:\.meaning)?\}")


def parse_health(bundle: Bundle, problems: Problems) -> Health:
    """Read the file; a bundle without it has no portfolio. Never raises on bad content."""
    if FILE not in bundle.files:
        return Health()
    document = bundle.toml(FILE, problems)
    if document is None:
        return Health()
    reader = Reader(document, problems)
    sources = language_of(bundle).sources
    queries = {q.key: q for item in reader.tables("query") if (q := _query(item, sources, _scopes(bundle)))}
    rules = tuple(_rule(item, queries) for item in reader.tables("rule"))
    found = Health(tuple(queries.values()), rules, _verdicts(reader), _home(reader, bundle))
    if not queries:
        reader.mistake("", "there is no query", "add [[query]]; docs/policy-health.md shows one")
    reader.done()
    return found


def check_health(bundle: Bundle, problems: Problems) -> None:
    """The checker that `policy check` runs."""
    parse_health(bundle, problems)


def health_of(bundle: Bundle, digest: str = "") -> Health:
    """The parsed file of a bundle, from the cache when it was parsed before."""
    return load(bundle, parse_health, digest)


def _scopes(bundle: Bundle) -> frozenset[str] | None:
    document = bundle.toml("roles.toml", Problems())
    scopes = document.data.get("scope") if document else None
    return frozenset(scopes) if isinstance(scopes, dict) else None


def _query(reader: Reader, sources: dict[str, Source], scopes: frozenset[str] | None) -> Query:
    key = key_of(reader)
    scope = reader.text("scope", needed='write scope = "account.read": only who holds it sees the answer')
    if scopes is not None and scope and scope not in scopes:
        reader.mistake("scope", f"no scope is called {scope}", closest(scope, sorted(scopes)))
    columns = parse_columns(reader, scopes, "")
    for index, column in enumerate(columns):
        _only_public(reader, index, column)
    says = _says(reader, columns)
    section = Section(
        key=key,
        title=reader.text("title", key.replace("_", " ").capitalize()),
        kind="table",
        asks=(parse_question(reader, sources, book=True),),
        columns=columns,
        limit=reader.whole("limit", LONGEST, low=1, high=LONGEST),
        timeout_seconds=reader.number("timeout_seconds", 0, low=0.05, high=30),
        empty=reader.text("empty", "Nothing recorded."),
        says=says,
    )
    reader.done()
    return Query(key, scope, section)


def _says(reader: Reader, columns: tuple[Column, ...]) -> tuple[Say, ...]:
    """`say` for every row, or `says` with conditions; one of the two."""
    several = parse_says(reader, frozenset(c.key for c in columns))
    text = reader.text("say", needed="" if several else 'write say = "{done} of {total} steps are done."')
    _known_names(reader, text, columns)
    return (*several, Say(text)) if text else several


def _only_public(reader: Reader, index: int, column: Column) -> None:
    if column.kind != "public" or column.rules:
        line = reader.document.line(*reader.keys, "column", index)
        reader.problems.add(
            FILE,
            line,
            f"the column {column.key} is not public",
            "take it out: the portfolio shows no personal data and no secret",
        )


def _known_names(reader: Reader, text: str, columns: tuple[Column, ...]) -> None:
    names = {c.key for c in columns}
    for name in _SAID.findall(text):
        if name not in names and name != "count":
            reader.mistake(
                "say",
                f"the sentence names {{{name}}}, which is no declared column",
                closest(name, sorted(names)),
            )


def _rule(reader: Reader, queries: dict[str, Query]) -> Rule:
    key = key_of(reader)
    name = reader.text("query", needed="name the [[query]] whose rows are judged")
    query = queries.get(name)
    if name and query is None:
        reader.mistake("query", f"no query is called {name}", closest(name, sorted(queries)))
    columns = query.section.columns if query else ()
    if "when" not in reader:
        reader.mistake("", "the rule has no when", "say on which rows it counts")
    text = reader.text("say", needed="say the reason in a sentence")
    if query:
        _known_names(reader, text, columns)
    tone = cast("Tone", reader.choice("tone", TONES, "notice", needed=True))
    when = parse_when(reader, frozenset(c.key for c in columns)) if query else ()
    if not query:
        reader.any("when")
    reader.done()
    return Rule(key, name, Say(text, when, tone))


def _home(reader: Reader, bundle: Bundle) -> frozenset[str]:
    table = reader.table("home")
    if table is None:
        return frozenset()
    document = bundle.toml("roles.toml", Problems())
    known = document.data.get("role", {}) if document else {}
    roles = table.texts("roles")
    for role in roles:
        if role not in known:
            table.mistake("roles", f"no role is called {role}", closest(role, sorted(known)))
    table.done()
    return frozenset(roles)


def _verdicts(reader: Reader) -> tuple[tuple[str, str], ...]:
    table = reader.table("verdict")
    if table is None:
        return tuple(VERDICTS.items())
    found = tuple((tone, table.text(tone, words)) for tone, words in VERDICTS.items())
    table.done()
    return found
