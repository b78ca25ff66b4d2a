"""`[[section]]`: one question to one source (a timeline has several), its columns, and what to say about the answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from tenants import sql
from tenants.language.api import parse_api
from tenants.language.columns import parse_columns
from tenants.language.conditions import parse_when
from tenants.language.reader import Reader, closest
from tenants.language.shapes import (
    SECTION_KINDS,
    TONES,
    Chart,
    Freshness,
    Question,
    Say,
    Section,
    Source,
    Tone,
)

KEY = re.compile(r"^[a-z][a-z0-9_]*$")
_BRACES = re.compile(r"\{(\w+)\}")
_SAID = re.compile(r"\{(\w+)(?:\.meaning)?\}")
_FIXED = {
    "timeline": (("at", "what"), "every stream selects at and what; declare both as columns"),
    "progress": (
        ("stage",),
        "a progress section declares at least stage; percent, updated_at and reason when there are any",
    ),
}


@dataclass(frozen=True, slots=True)
class Around:
    """What a section may refer to; scopes is None where roles.toml could not be read."""

    sources: Mapping[str, Source]
    scopes: frozenset[str] | None


def parse_sections(panel: Reader, around: Around) -> tuple[Section, ...]:
    sections: dict[str, Section] = {}
    for reader in panel.tables("section"):
        section = _section(reader, around)
        if section.key in sections:
            reader.mistake(
                "key", f"two sections have the key {section.key}", "give each section of a panel its own key"
            )
        sections[section.key] = section
    if not sections:
        panel.mistake(
            "", "the panel has no section", "add [[section]] with a source, a query and its columns"
        )
    return tuple(sections.values())


def _section(reader: Reader, around: Around) -> Section:
    key = key_of(reader)
    kind = reader.choice("kind", SECTION_KINDS, "facts", needed=True)
    reveal = reader.text("reveal")
    if around.scopes is not None and reveal and reveal not in around.scopes:
        reader.mistake(
            "reveal", f"no scope is called {reveal}", "add it to roles.toml, or name one that stands there"
        )
    not_recorded = reader.text("not_recorded")
    columns = parse_columns(reader, around.scopes, reveal)
    names = frozenset(c.key for c in columns)
    section = Section(
        key=key,
        title=reader.text("title", key.replace("_", " ").capitalize()),
        kind=kind,
        asks=() if not_recorded else _asks(reader, kind, around),
        columns=columns,
        has_streams=kind == "timeline" and "stream" in reader,
        limit=reader.whole("limit", 1 if kind in ("facts", "progress") else 25, low=1, high=500),
        timeout_seconds=reader.number("timeout_seconds", 0, low=0.05, high=30),
        healthy=reader.text("healthy"),
        empty=reader.text("empty", "Nothing here."),
        not_recorded=not_recorded,
        kept_days=reader.whole("kept_days", 0, low=1, high=36_500),
        sort=reader.text("sort"),
        says=parse_says(reader, names),
        freshness=_freshness(reader, names),
        chart=_chart(reader, kind, names),
    )
    _agree(reader, section, names)
    if section.sort and not all(ask.query.ordered for ask in section.asks):
        reader.mistake(
            "sort",
            "sort puts only those rows in order that were read, and the query reads any",
            "write order by into the query too",
        )
    reader.done()
    return section


def key_of(reader: Reader) -> str:
    """A key fit for a URL and a form field."""
    key = reader.text("key", needed='write key = "…", small letters, digits and _')
    if key and not KEY.match(key):
        reader.mistake(
            "key",
            f'the key "{key}" is not made of small letters, digits and _',
            'write it like "last_charges"',
        )
    return key


def _asks(reader: Reader, kind: str, around: Around) -> tuple[Question, ...]:
    if kind != "timeline" or "stream" not in reader:
        return (parse_question(reader, around.sources),)
    asks = []
    for stream in reader.tables("stream"):
        title = stream.text("title", stream.text("key").replace("_", " ").capitalize())
        ask = replace(parse_question(stream, around.sources), title=title)
        if not ask.query.ordered:
            stream.mistake(
                "query",
                "the stream has no order, so it may be read without its newest rows",
                "end it with order by and its time, desc",
            )
        asks.append(ask)
        stream.done()
    return tuple(asks)


def parse_question(
    reader: Reader, sources: Mapping[str, Source], *, needs_tenant: bool = True, book: bool = False
) -> Question:
    """A source with its query (or path, for HTTP) and the column of each row that carries the tenant.

    With `book` it is one query over many tenants, `:tenants`, which HTTP cannot take.
    """
    name = reader.text("source", needed='write source = "…" with a name of sources.toml')
    source = sources.get(name)
    if name and source is None:
        reader.mistake("source", f"no source is called {name}", closest(name, sorted(sources)))
    by = "external_id"
    if needs_tenant and not book:
        by = reader.choice("tenant_by", ("external_id", "slug"), "external_id")
    column = ""
    if needs_tenant:
        column = reader.text(
            "tenant_column",
            needed="name the column of the result that carries the tenant: every row is compared with it",
        )
    needs = ("slug" if by == "slug" else sql.BOOK if book else "tenant") if needs_tenant else ""
    if source is not None and source.kind == "http":
        if book:
            reader.mistake("source", f"{name} is no database", "a query over many tenants needs a database")
            return Question(name)
        path = _path(reader, needs)
        return replace(parse_api(reader), source=name, path=path, tenant_column=column, tenant_by=by)
    dialect = cast("sql.Dialect", source.kind) if source else "postgresql"
    return Question(name, query=_query(reader, dialect, needs), tenant_column=column, tenant_by=by)


def _query(reader: Reader, dialect: sql.Dialect, needs: str) -> sql.Query:
    text = reader.text("query", needed='write query = """ select … """')
    if not text.strip():
        return sql.Query(dialect=dialect)
    query, mistakes = sql.parse(text, dialect, needs=needs)
    below = 1 if len(text.split("\n")) > 1 else 0
    for mistake in mistakes:
        reader.mistake(
            "query", mistake.what, mistake.mend, below=mistake.line + below if mistake.line or below else 0
        )
    return query


def _path(reader: Reader, needs: str) -> str:
    path = reader.text(
        "path", needed='an HTTP source is asked by path: write path = "/customers/{tenant}/charges"'
    )
    for name in _BRACES.findall(path):
        if name not in sql.PARAMETERS:
            reader.mistake(
                "path", f"no parameter is called {{{name}}}", "only {tenant} and {slug} can be used"
            )
    if path and needs and f"{{{needs}}}" not in path:
        reader.mistake("path", f"the path never uses {{{needs}}}", f"put {{{needs}}} where the tenant stands")
    return path


def parse_says(reader: Reader, names: frozenset[str]) -> tuple[Say, ...]:
    """Every `says` below a table, in order; the first that holds on a row is said."""
    says = []
    for item in reader.tables("says"):
        text = item.text("say", needed='write say = "The last charge failed {failed_at}."')
        for name in _SAID.findall(text):
            if name not in names and name != "count":
                item.mistake(
                    "say",
                    f"the sentence names {{{name}}}, which is no declared column",
                    closest(name, sorted(names)),
                )
        tone = cast("Tone", item.choice("tone", TONES, "neutral"))
        row = item.choice("row", ("any", "first"), "any")
        says.append(Say(text, parse_when(item, names), tone, row))
        item.done()
    return tuple(says)


def _freshness(reader: Reader, names: frozenset[str]) -> Freshness | None:
    item = reader.table("freshness")
    if item is None:
        return None
    column = item.text("column", needed="name the column with the time of the last update")
    if column and column not in names:
        item.mistake(
            "column",
            f"freshness names the column {column}, which is not declared",
            closest(column, sorted(names)),
        )
    window = item.whole("normal_minutes", 15, low=1, high=1_000_000)
    found = Freshness(column, window, item.text("usually"))
    item.done()
    return found


def _chart(reader: Reader, kind: str, names: frozenset[str]) -> Chart | None:
    if kind != "chart":
        return None
    chart = Chart(
        reader.text("chart_label", needed="name the column along the bottom"),
        reader.text("chart_value", needed="name the column of the height"),
    )
    for key, column in (("chart_label", chart.label), ("chart_value", chart.value)):
        if column and column not in names:
            reader.mistake(
                key,
                f"the chart names the column {column}, which is not declared",
                closest(column, sorted(names)),
            )
    return chart


def _agree(reader: Reader, section: Section, names: frozenset[str]) -> None:
    if not section.columns and not section.not_recorded:
        reader.mistake(
            "",
            f'the section "{section.key}" declares no column',
            "add [[section.column]]: what is not declared is not shown",
        )
    needed, mend = _FIXED.get(section.kind, ((), ""))
    missing = [n for n in needed if n not in names]
    if missing and section.columns:
        reader.mistake("", f"a {section.kind} without {' and '.join(missing)}", mend)
    if section.sort and section.sort.lstrip("-") not in names:
        reader.mistake(
            "sort",
            f"sort names {section.sort}, which is no declared column",
            closest(section.sort.lstrip("-"), sorted(names)),
        )
