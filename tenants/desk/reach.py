"""The part of `policy check` on health.toml that needs the sources: a query that does not fit its database.

A source whose address is not set, or that does not answer, is left out, as for panels.
"""

from collections.abc import Iterator

from opsconsole.lib.bundle import Bundle, Problems
from tenants.desk.language import FILE, parse_health
from tenants.desk.shapes import Query
from tenants.language.load import language_of
from tenants.language.reach import NOBODY
from tenants.language.reader import closest
from tenants.language.shapes import Language
from tenants.sources.base import Params, QueryFailed, SourceError
from tenants.sources.opening import open_source


def check_health_reach(bundle: Bundle, problems: Problems) -> None:
    """The checker; silent while the file has mistakes that can be told without a database."""
    quiet = Problems()
    health = parse_health(bundle, quiet)
    document = bundle.toml(FILE, quiet) if FILE in bundle.files else None
    if quiet or document is None:
        return
    language = language_of(bundle)
    for index, query in enumerate(health.queries):
        for what, mend in _mistakes(language, query):
            problems.add(FILE, document.line("query", index, "query"), what, mend)


def _mistakes(language: Language, query: Query) -> Iterator[tuple[str, str]]:
    nobody = NOBODY[language.directory.id_type if language.directory else "text"]
    ask = query.section.asks[0]
    try:
        source = open_source(language.sources[query.source])
        columns = source.engine.columns(ask, Params(nobody, "", (nobody,)))
    except QueryFailed as error:
        told = f"{error.sentence.rstrip('.')}{f': {error.detail}' if error.detail else ''}"
        yield told, "mend the query, or the rights of the console's role"
        return
    except SourceError:
        return
    for name in dict.fromkeys((ask.tenant_column, *(c.origin for c in query.section.columns))):
        if columns and name not in columns:
            yield f"the query does not return the column {name}", closest(name, columns)
