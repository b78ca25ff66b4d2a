"""The short note for the ticket: what was looked at and what it said, without any masked value. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tenants.cells import Cell
from tenants.pages import Page, PanelView, RowView, SectionView
from tenants.saying import Sentence

MOST_ROWS = 5  # of a section; a note is read by people
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")
BLANK = ("", "")
Line = tuple[str, str]  # how it begins in Markdown, and its words


@dataclass(frozen=True, slots=True)
class Note:
    """The same note as plain text and as Markdown, in which what the product wrote cannot format it."""

    plain: str
    markdown: str


def note(page: Page) -> Note:
    """Return the note on what a page said."""
    lines = [(mark, " ".join(words.split())) for mark, words in _lines(page)]
    plain = (words if mark.startswith("#") else mark + words for mark, words in lines)
    markdown = (mark + _MARKDOWN.sub(r"\\\1", words) for mark, words in lines)
    return Note("\n".join(plain).strip() + "\n", "\n".join(markdown).strip() + "\n")


def _lines(page: Page) -> Iterator[Line]:
    tenant = page.tenant
    where = ", ".join(part for part in (tenant.slug, tenant.environment, tenant.region) if part)
    yield "## ", f"{tenant.name} ({where})"
    ticket = f" Ticket {page.ticket}." if page.ticket else ""
    yield "", f"As of {_time(page.as_of)}. Policy {page.policy_version[:12]}.{ticket}"
    for view in page.panels:
        if view.authority:
            yield from _panel(view)


def _panel(view: PanelView) -> Iterator[Line]:
    yield BLANK
    yield "### ", f"{view.panel.title}: {view.panel.question}"
    for said in view.sentences:
        if not _is_masked(said):
            yield "- ", said.text
    for section in view.sections:
        yield from _section(section)


def _section(view: SectionView) -> Iterator[Line]:
    sources = ", ".join(dict.fromkeys(ask.source for ask in view.section.asks))
    yield BLANK
    yield "#### ", f"{view.section.title}{f' (from {sources})' if sources else ''}"
    if view.failure or not view.rows:
        yield "- ", view.failure or view.empty
        return
    for row in view.rows[:MOST_ROWS]:
        yield "- ", _row(row)
    if len(view.rows) > MOST_ROWS or view.cut:
        yield "- ", f"and more, {'at least ' if view.truncated else ''}{len(view.rows)} in all"
    if view.missing:
        yield "- ", f"this list is not whole: {view.missing}"
    if view.kept:
        yield "- ", view.kept
    hidden = {v.column.key for row in view.rows for v in row.cells if v.cell.masked}
    masked = [c.label for c in view.columns if c.key in hidden]
    if masked:
        yield "- ", f"left out because it is masked: {', '.join(masked)}"


def _row(row: RowView) -> str:
    facts = [
        f"{c.column.label}: {_value(c.cell)}"
        for c in row.cells
        if c.cell.value is not None and not c.cell.masked
    ]
    return "; ".join(facts) or "nothing recorded"


def _value(cell: Cell) -> str:
    return f"{cell.spoken} ({cell.meaning})" if cell.meaning else cell.spoken


def _is_masked(said: Sentence) -> bool:
    return any(isinstance(part, Cell) and part.masked for part in said.parts)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
