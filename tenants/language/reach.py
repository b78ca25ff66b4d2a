"""The part of `policy check` that needs the sources themselves: a role that can write, a query that does not fit its database.

A source whose address is not set, or that does not answer, is left out with a note: a bundle can be checked without its
databases, and nobody takes that for the whole check. What a database says of a query is told here, to the one who writes it.
"""

from collections.abc import Iterator
from uuid import UUID

from opsconsole.lib.bundle import Bundle, Document, Problems
from opsconsole.lib.toml_lines import Key
from tenants.identity import BytesUUID, TypedId, belongs
from tenants.language.listing import judge, likely_type, sample
from tenants.language.load import parse_language
from tenants.language.reader import closest
from tenants.language.shapes import Language, Question, Section
from tenants.sources.base import Params, Resting, SourceError, TimedOut, Unreachable, Writable
from tenants.sources.opening import OpenSource, open_source

NOBODY: dict[str, TypedId] = {
    "uuid": UUID("6e6f626f-6479-4000-8000-000000000000"),
    "uuid_bytes": BytesUUID("6e6f626f-6479-4000-8000-000000000000"),
    "integer": -2_147_483_647,
    "text": "nobody-of-opsconsole",
}
DIRECTORY_COLUMNS = ("external_id", "slug", "name")


def check_reach(bundle: Bundle, problems: Problems) -> None:
    """The checker. A query that has a mistake without any database is not tried: one mistake is told once."""
    quiet = Problems()
    language = parse_language(bundle, quiet)
    told = {(problem.path, problem.line) for problem in quiet.found}
    reached = dict(_reached(bundle, problems, language))
    nobody = Params(NOBODY[_id_type(bundle, problems, language, reached)], "nobody-of-opsconsole")
    for path, keys, ask, wanted in _questions(language):
        document = bundle.toml(path, Problems())
        if ask.source not in reached or document is None:
            continue
        first, text = document.line(*keys), str(_value(document, keys) or "")
        if not text.strip() or any((path, first + n) in told for n in range(text.count("\n") + 2)):
            continue
        try:
            for what, mend, below in _mistakes(reached[ask.source], ask, nobody, wanted):
                problems.add(path, first + (below + 1 if "\n" in text and below >= 0 else 0), what, mend)
        except (Unreachable, TimedOut, Resting) as error:
            problems.notes.append(f"The queries to {ask.source} were not tried. {error.sentence}")
            reached.pop(ask.source)


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
        except SourceError as error:
            problems.notes.append(f"The queries to {name} were not tried. {error.sentence}")
        else:
            yield name, opened


def _id_type(bundle: Bundle, problems: Problems, language: Language, reached: dict[str, OpenSource]) -> str:
    """The type that ids really have, after a look at the first tenants; what is wrong with most of them is a mistake, else a note."""
    directory = language.directory
    document = bundle.toml("directory.toml", Problems())
    source = reached.get(directory.ask.source) if directory else None
    if directory is None or document is None or source is None or source.source.kind == "http":
        return (
            directory.id_type if directory else "text"
        )  # an API is not asked: a check sends no token anywhere
    try:
        rows = sample(source, directory)
    except SourceError:
        return directory.id_type  # a database's own mistakes are told with those of the other queries
    for odd in judge(rows, directory):
        if odd.grave:
            problems.add("directory.toml", document.line(odd.key), odd.what, odd.mend)
        else:
            problems.notes.append(
                f"The console will leave out what it cannot tell apart or reach: {odd.what}; {odd.mend}."
            )
    return likely_type(rows, directory)


def _questions(language: Language) -> Iterator[tuple[str, tuple[Key, ...], Question, tuple[str, ...]]]:
    """Every question with its file, its place there, and the columns that its result must have."""
    if language.directory:
        yield "directory.toml", ("query",), language.directory.ask, DIRECTORY_COLUMNS
    for panel in language.panels:
        for index, section in enumerate(panel.sections):
            for place, ask in enumerate(section.asks):
                inner: tuple[Key, ...] = ("stream", place) if section.has_streams else ()
                yield (
                    f"panels/{panel.key}.toml",
                    ("section", index, *inner, "query"),
                    ask,
                    _wanted(section, ask),
                )


def _wanted(section: Section, ask: Question) -> tuple[str, ...]:
    declared = {c.key for c in section.columns}
    around = [name for c in section.columns for name in (c.currency, c.zone_column) if name not in declared]
    columns = ["at", "what"] if section.has_streams else [c.origin for c in section.columns] + around
    return tuple(dict.fromkeys(name for name in (ask.tenant_column, *columns) if name))


def _value(document: Document, keys: tuple[Key, ...]) -> object:
    found: object = document.data
    for key in keys:
        try:
            found = found[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _mistakes(
    source: OpenSource, ask: Question, nobody: Params, wanted: tuple[str, ...]
) -> Iterator[tuple[str, str, int]]:
    """What is wrong, the mend, and the line of the query that is meant; -1 for the query as a whole. Raises where the source is away."""
    try:
        columns = source.engine.columns(ask, nobody)
    except (Unreachable, TimedOut, Resting):
        raise
    except SourceError as error:
        yield (
            f"{error.sentence.rstrip('.')}{f': {error.detail}' if error.detail else ''}",
            "mend the query, or the rights of the console's role",
            error.line if error.detail else -1,
        )
        return
    for name in wanted if columns else ():
        if name not in columns:
            yield f"the query does not return the column {name}", closest(name, columns), -1
        elif columns.count(name) > 1:
            yield (
                f"the query returns two columns called {name}, and one hides the other",
                f"name one of them otherwise: … as other_{name}",
                -1,
            )
    if ask.tenant_column in columns and _answers_for(source, ask, nobody):
        yield (
            f"the query answers for a tenant that does not exist, so {ask.tenant_column} is the question and not what stands in the data",
            f"take {ask.tenant_column} from the table whose rows are shown",
            -1,
        )


def _answers_for(source: OpenSource, ask: Question, nobody: Params) -> bool:
    """Whether rows come for nobody that say they are nobody's: then the comparison of each row with its tenant compares nothing."""
    wanted = nobody.slug if ask.tenant_by == "slug" else nobody.tenant
    try:
        rows = source.engine.rows(ask, nobody, timeout=10, limit=1).rows
    except SourceError:
        return False
    return any(belongs(row.get(ask.tenant_column), wanted) for row in rows)
