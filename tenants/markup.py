"""Cells and rows as HTML. Written in Python because a page has hundreds: a template node for each costs more than its query.

Everything goes through `opsconsole.lib.html`, so every value is escaped.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.safestring import SafeString

from opsconsole.lib.html import escaped, html, joined
from opsconsole.templatetags.ui import time_pair
from tenants.cells import Cell
from tenants.language.shapes import Column
from tenants.pages import CellView, RowView, SectionView

NOTHING = html('<span class="none">{}</span>', "none")
ROW, ROW_END, CELL_END = html("<tr>"), html("</tr>"), html("</td>")
NUMERIC = frozenset({"number", "money", "bytes", "duration"})
PROGRESS = frozenset({"stage", "percent", "updated_at", "reason"})
TIMELINE = frozenset({"at", "what", "tone"})


def shown(cell: Cell | None, shape: str = "") -> SafeString:
    """One cell: a time relative and absolute, a status with its meaning, a list, a link, or a text."""
    if cell is None or cell.value is None:
        return NOTHING
    if cell.masked:
        return html('<span class="masked" title="Hidden: you see a part only">{}</span>', cell.value)
    if cell.at:
        return moment(cell)
    return _chip(cell) if cell.tone or cell.meaning else _plain(cell, cell.value, shape)


def _plain(cell: Cell, value: str, shape: str) -> SafeString:
    if cell.items:
        return html('<ul class="cell-list">{}</ul>', joined(html("<li>{}</li>", item) for item in cell.items))
    if cell.href:
        return html('<a href="{}" rel="noreferrer">{}</a>', cell.href, value)
    if shape == "code":
        return html('<code class="id">{}</code>', value)
    return html('<span class="nowrap">{}</span>', value) if shape == "date" else escaped(value)


def moment(cell: Cell) -> SafeString:
    """A time, relative to now, with the absolute time on hover and in print."""
    return time_pair(datetime.fromisoformat(cell.at))


def _chip(cell: Cell) -> SafeString:
    title = cell.value if cell.word else ""
    if not cell.meaning:
        return html('<span class="chip" data-tone="{}" title="{}">{}</span>', cell.tone, title, cell.spoken)
    return html(
        '<span class="chip-pair"><span class="chip" data-tone="{}" title="{}">{}</span> <span class="chip-pair__meaning">{}</span></span>',
        cell.tone or "neutral",
        title,
        cell.spoken,
        cell.meaning,
    )


def reveal(row: RowView, section: SectionView, column: Column) -> SafeString:
    """The button beside a masked value; the form it belongs to stands below the section."""
    return html(
        '<button class="linkish small" form="reveal-{}-{}" name="row" value="{}">'
        'Show<span class="hidden-visually"> {} in clear</span></button>',
        section.section.key,
        column.key,
        row.token,
        column.label,
    )


def _value(row: RowView, section: SectionView, one: CellView, *, reveals: bool) -> SafeString:
    seen = shown(one.cell, one.column.format)
    if not (reveals and one.can_be_revealed):
        return seen
    return html("<span>{} {}</span>", seen, reveal(row, section, one.column))


def facts(section: SectionView, *, reveals: bool) -> SafeString:
    """Each row as a list of facts."""
    return joined(_facts(row, section, reveals=reveals) for row in section.rows)


def _facts(row: RowView, section: SectionView, *, reveals: bool) -> SafeString:
    lines = (
        html(
            "<div><dt>{}</dt><dd>{}</dd></div>", one.column.label, _value(row, section, one, reveals=reveals)
        )
        for one in row.cells
    )
    return html('<dl class="facts facts--wide">{}</dl>', joined(lines, "\n"))


def table_rows(section: SectionView, *, reveals: bool) -> SafeString:
    """The body of a table."""
    opens = [
        html(
            '<td data-label="{}" class="numeric">' if c.format in NUMERIC else '<td data-label="{}">', c.label
        )
        for c in section.columns
    ]
    return joined((_table_row(row, section, opens, reveals=reveals) for row in section.rows), "\n")


def _table_row(
    row: RowView, section: SectionView, opens: Sequence[SafeString], *, reveals: bool
) -> SafeString:
    pieces = [ROW]
    for one, start in zip(row.cells, opens, strict=True):
        pieces += (start, _value(row, section, one, reveals=reveals), CELL_END)
    return joined([*pieces, ROW_END])


def table_head(section: SectionView) -> SafeString:
    """The headings of a table."""
    return joined(
        html('<th scope="col" class="{}">{}</th>', "numeric" if c.format in NUMERIC else "", c.label)
        for c in section.columns
    )


def timeline(section: SectionView) -> SafeString:
    """The rows of a timeline, newest first."""
    return joined((_moment_of(row) for row in section.rows), "\n")


def _moment_of(row: RowView) -> SafeString:
    return html(
        '<li data-tone="{}"><span>{}</span><span class="timeline__when">{}</span><span class="timeline__detail">{}</span></li>',
        _word(row, "tone"),
        shown(row.get("what")),
        shown(row.get("at")),
        _details(row),
    )


def _word(row: RowView, key: str) -> str:
    found = row.get(key)
    return (found.value or "") if found else ""


def _details(row: RowView) -> SafeString:
    more = [one for one in row.cells if one.column.key not in TIMELINE and one.cell.value]
    return joined(
        (
            html(
                "{}{}",
                "" if one.column.key == "detail" else f"{one.column.label}: ",
                shown(one.cell, one.column.format),
            )
            for one in more
        ),
        " ",
    )


def progress(section: SectionView) -> SafeString:
    """Each row as a bar with its stage, the time of its last step and its reason; further columns stand below."""
    return joined(_bar(row, f"{section.section.key}-{n}") for n, row in enumerate(section.rows))


def _bar(row: RowView, name: str) -> SafeString:
    stage, percent, updated, reason = (row.get(key) for key in ("stage", "percent", "updated_at", "reason"))
    number = percent.number if percent else None
    filled = max(0, min(100, round(number))) if number is not None else None
    return html(
        '<div class="progress" data-tone="{}"><div class="progress__words"><span id="{}-stage">{}</span>{}</div>{}'
        '<div class="progress__words soft"><span>{}</span>{}</div><p class="progress__more">{}</p></div>',
        stage.tone if stage else "",
        name,
        shown(stage),
        html('<span class="number">{} %</span>', percent.value) if percent and filled is not None else "",
        html('<progress max="100" value="{}" aria-labelledby="{}-stage"></progress>', filled, name)
        if filled is not None
        else "",
        shown(reason) if reason and reason.value else "",
        html("<span>updated {}</span>", shown(updated)) if updated and updated.value else "",
        _more(one for one in row.cells if one.cell.value and one.column.key not in PROGRESS),
    )


def _more(cells: Iterable[CellView]) -> SafeString:
    return joined(
        (
            html(
                '<span>{} <span class="progress__value">{}</span></span>',
                one.column.label,
                shown(one.cell, one.column.format),
            )
            for one in cells
        ),
        " ",
    )
