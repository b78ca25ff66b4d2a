"""The short note for the ticket: what was looked at and what it said, without any masked value. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime

from tenants.cells import Cell
from tenants.pages import Page, PanelView, RowView, SectionView
from tenants.saying import Sentence

MOST_ROWS = 5  # of a section; a note is read by people
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


def plain_note(page: Page) -> str:
    """The note as plain text."""
    return "\n".join(_lines(page, markdown=False)).strip() + "\n"


def markdown_note(page: Page) -> str:
    """The same note as Markdown; what the product wrote cannot format it."""
    return "\n".join(_lines(page, markdown=True)).strip() + "\n"


def _lines(page: Page, *, markdown: bool) -> Iterator[str]:
    tenant = page.tenant
    where = ", ".join(part for part in (tenant.slug, tenant.environment, tenant.region) if part)
    yield _heading(f"{tenant.name} ({where})", 2, markdown=markdown)
    ticket = f" Ticket {page.ticket}." if page.ticket else ""
    yield f"As of {_time(page.as_of)}. Policy {page.policy_version[:12]}.{ticket}"
    for view in page.panels:
        if view.authority:
            yield from _panel(view, markdown=markdown)


def _panel(view: PanelView, *, markdown: bool) -> Iterator[str]:
    yield ""
    yield _heading(f"{view.panel.title}: {view.panel.question}", 3, markdown=markdown)
    for said in view.sentences:
        if not _is_masked(said):
            yield f"- {_text(said.text, markdown=markdown)}"
    for section in view.sections:
        yield from _section(section, markdown=markdown)


def _section(view: SectionView, *, markdown: bool) -> Iterator[str]:
    sources = ", ".join(dict.fromkeys(ask.source for ask in view.section.asks))
    yield ""
    yield _heading(f"{view.section.title}{f' (from {sources})' if sources else ''}", 4, markdown=markdown)
    if view.failure or not view.rows:
        yield f"- {_text(view.failure or view.empty, markdown=markdown)}"
        return
    for row in view.rows[:MOST_ROWS]:
        yield f"- {_text(_row(row), markdown=markdown)}"
    if len(view.rows) > MOST_ROWS or view.cut:
        yield f"- and more, {'at least ' if view.truncated else ''}{len(view.rows)} in all"
    for more in (view.missing and f"this list is not whole: {view.missing}", view.kept):
        if more:
            yield f"- {_text(more, markdown=markdown)}"
    hidden = {v.column.key for row in view.rows for v in row.cells if v.cell.masked}
    masked = [c.label for c in view.columns if c.key in hidden]
    if masked:
        yield f"- left out because it is masked: {_text(', '.join(masked), markdown=markdown)}"


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


def _heading(text: str, level: int, *, markdown: bool) -> str:
    return f"{'#' * level} {_text(text, markdown=True)}" if markdown else text


def _text(text: str, *, markdown: bool) -> str:
    flat = " ".join(text.split())
    return _MARKDOWN.sub(r"\\\1", flat) if markdown else flat


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
