"""The part of `policy check` that needs the sources themselves: a role that can write, a query that does not fit its database.

A source whose address is not set, or that does not answer, is left out: a bundle can be checked without its databases.
"""

from collections.abc import Iterator
from uuid import UUID

from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.toml_lines import Key
from tenants.identity import TypedId, belongs
from tenants.language.load import parse_language
from tenants.language.reader import closest
from tenants.language.shapes import Language, Question, Section
from tenants.sources.base import Params, Resting, SourceError, TimedOut, Unreachable, Writable
from tenants.sources.opening import OpenSource, open_source

NOBODY: dict[str, TypedId] = {
    "uuid": UUID("6e6f626f-6479-4000-8000-000000000000"),
    "integer": -2_147_483_647,
    "text": "nobody-of-opsconsole",
}
DIRECTORY_COLUMNS = ("external_id", "slug", "name")


def check_reach(bundle: Bundle, problems: Problems) -> None:
    """The checker; silent while the bundle has mistakes that can be told without a database."""
    quiet = Problems()
    language = parse_language(bundle, quiet)
    if quiet:
        return
    reached = dict(_reached(bundle, problems, language))
    nobody = Params(
        NOBODY[language.directory.id_type if language.directory else "text"], "nobody-of-opsconsole"
    )
    for path, keys, ask, wanted in _questions(language):
        document = bundle.toml(path, Problems())
        if ask.source in reached and document:
            for what, mend in _mistakes(reached[ask.source], ask, nobody, wanted):
                problems.add(path, document.line(*keys), what, mend)


def _reached(bundle: Bundle, problems: Problems, language: Language) -> Iterator[tuple[str, OpenSource]]:
    document = bundle.toml("sources.toml", Problems())
    for name, source in language.sources.items():
        try:
            opened = open_source(source)
            opened.check_role()
        except Writable as error:
            line = document.line("source", name) if document else 1
            problems.add(
                "sources.toml", line, error.sentence, "give the console a role of its own that may only read"
            )
        except SourceError:
            continue
        else:
            yield name, opened


def _questions(language: Language) -> Iterator[tuple[str, tuple[Key, ...], Question, tuple[str, ...]]]:
    """Every question with its file, its place there, and the columns that its result must have."""
    if language.directory:
        yield "directory.toml", ("query",), language.directory.ask, DIRECTORY_COLUMNS
    for panel in language.panels:
        for index, section in enumerate(panel.sections):
            for place, ask in enumerate(section.asks):
                inner: tuple[Key, ...] = (
                    ("stream", place) if section.kind == "timeline" and len(section.asks) > 1 else ()
                )
                yield (
                    f"panels/{panel.key}.toml",
                    ("section", index, *inner, "query"),
                    ask,
                    _wanted(section, ask),
                )


def _wanted(section: Section, ask: Question) -> tuple[str, ...]:
    several = len(section.asks) > 1
    columns = ("at", "what") if several else tuple(c.origin for c in section.columns)
    return tuple(dict.fromkeys((ask.tenant_column, *columns)))


def _mistakes(
    source: OpenSource, ask: Question, nobody: Params, wanted: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    try:
        columns = source.engine.columns(ask, nobody)
    except (Unreachable, TimedOut, Resting):
        return
    except SourceError as error:
        yield error.sentence, "mend the query, or the rights of the console's role"
        return
    for name in wanted if columns else ():
        if name not in columns:
            yield f"the query does not return the column {name}", closest(name, columns)
    if ask.tenant_column in columns and _answers_for(source, ask, nobody):
        yield (
            f"the query answers for a tenant that does not exist, so {ask.tenant_column} is the question and not what stands in the data",
            f"take {ask.tenant_column} from the table whose rows are shown",
        )


def _answers_for(source: OpenSource, ask: Question, nobody: Params) -> bool:
    """Whether rows come for nobody that say they are nobody's: then the comparison of each row with its tenant compares nothing."""
    wanted = nobody.slug if ask.tenant_by == "slug" else nobody.tenant
    try:
        rows = source.engine.rows(ask, nobody, timeout=10, limit=1).rows
    except SourceError:
        return False
    return any(belongs(row.get(ask.tenant_column), wanted) for row in rows)
