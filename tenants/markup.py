"""Cells and rows as HTML. Written in Python because a page has hundreds: a template node for each costs more than its query.

Everything goes through `format_html`, so every value is escaped.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opsconsole.templatetags.ui import absolute, relative
from tenants.cells import Cell
from tenants.language.shapes import Column
from tenants.pages import CellView, RowView, SectionView

NOTHING = format_html('<span class="none">{}</span>', "none")
NUMERIC = frozenset({"number", "money", "bytes", "duration"})
PROGRESS = frozenset({"stage", "percent", "updated_at", "reason"})
TIMELINE = frozenset({"at", "what", "tone"})


def shown(cell: Cell | None, shape: str = "") -> SafeString:
    """One cell: a time relative and absolute, a status with its meaning, a list, a link, or a text."""
    if cell is None or cell.value is None:
        return NOTHING
    if cell.masked:
        return format_html('<span class="masked" title="Hidden: you see a part only">{}</span>', cell.value)
    if cell.at:
        return moment(cell)
    return _chip(cell) if cell.tone or cell.meaning else _plain(cell, shape)


def _plain(cell: Cell, shape: str) -> SafeString:
    if cell.items:
        return format_html(
            '<ul class="cell-list">{}</ul>', format_html_join("", "<li>{}</li>", ((i,) for i in cell.items))
        )
    if cell.href:
        return format_html('<a href="{}" rel="noreferrer">{}</a>', cell.href, cell.value)
    if shape == "code":
        return format_html('<code class="id">{}</code>', cell.value)
    return format_html('<span class="nowrap">{}</span>' if shape == "date" else "{}", cell.value)


def moment(cell: Cell) -> SafeString:
    """A time, relative to now, with the absolute time on hover and in print."""
    at = datetime.fromisoformat(cell.at)
    return format_html(
        '<span class="time"><time datetime="{0}" data-relative title="{1}">{2}</time><span class="time__absolute"> ({1})</span></span>',
        cell.at,
        absolute(at),
        relative(at),
    )


def _chip(cell: Cell) -> SafeString:
    title = cell.value if cell.word else ""
    if not cell.meaning:
        return format_html(
            '<span class="chip" data-tone="{}" title="{}">{}</span>', cell.tone, title, cell.spoken
        )
    return format_html(
        '<span class="chip-pair"><span class="chip" data-tone="{}" title="{}">{}</span> <span class="chip-pair__meaning">{}</span></span>',
        cell.tone or "neutral",
        title,
        cell.spoken,
        cell.meaning,
    )


def reveal(row: RowView, section: SectionView, column: Column) -> SafeString:
    """The button beside a masked value; the form it belongs to stands below the section."""
    return format_html(
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
    return format_html("<span>{} {}</span>", seen, reveal(row, section, one.column))


def facts(section: SectionView, *, reveals: bool) -> SafeString:
    """Each row as a list of facts."""
    return format_html_join(
        "",
        '<dl class="facts facts--wide">{}</dl>',
        (
            (
                format_html_join(
                    "\n",
                    "<div><dt>{}</dt><dd>{}</dd></div>",
                    ((one.column.label, _value(row, section, one, reveals=reveals)) for one in row.cells),
                ),
            )
            for row in section.rows
        ),
    )


def table_rows(section: SectionView, *, reveals: bool) -> SafeString:
    """The body of a table."""
    kinds = [format_html(' class="{}"', "numeric") if c.format in NUMERIC else "" for c in section.columns]
    return format_html_join(
        "\n", "<tr>{}</tr>", ((_table_row(row, section, kinds, reveals=reveals),) for row in section.rows)
    )


def _table_row(row: RowView, section: SectionView, kinds: Sequence[str], *, reveals: bool) -> SafeString:
    return format_html_join(
        "",
        '<td data-label="{}"{}>{}</td>',
        (
            (one.column.label, kind, _value(row, section, one, reveals=reveals))
            for one, kind in zip(row.cells, kinds, strict=True)
        ),
    )


def table_head(section: SectionView) -> SafeString:
    """The headings of a table."""
    return format_html_join(
        "",
        '<th scope="col" class="{}">{}</th>',
        (("numeric" if c.format in NUMERIC else "", c.label) for c in section.columns),
    )


def timeline(section: SectionView) -> SafeString:
    """The rows of a timeline, newest first."""
    return format_html_join(
        "\n",
        '<li data-tone="{}"><span>{}</span><span class="timeline__when">{}</span><span class="timeline__detail">{}</span></li>',
        (
            (_word(row, "tone"), shown(row.get("what")), shown(row.get("at")), _details(row))
            for row in section.rows
        ),
    )


def _word(row: RowView, key: str) -> str:
    found = row.get(key)
    return (found.value or "") if found else ""


def _details(row: RowView) -> SafeString:
    more = [one for one in row.cells if one.column.key not in TIMELINE and one.cell.value]
    return format_html_join(
        " ",
        "{}{}",
        (
            (
                "" if one.column.key == "detail" else f"{one.column.label}: ",
                shown(one.cell, one.column.format),
            )
            for one in more
        ),
    )


def progress(section: SectionView) -> SafeString:
    """Each row as a bar with its stage, the time of its last step and its reason; further columns stand below."""
    return format_html_join(
        "", "{}", ((_bar(row, f"{section.section.key}-{n}"),) for n, row in enumerate(section.rows))
    )


def _bar(row: RowView, name: str) -> SafeString:
    stage, percent, updated, reason = (row.get(key) for key in ("stage", "percent", "updated_at", "reason"))
    number = percent.number if percent else None
    filled = max(0, min(100, round(number))) if number is not None else None
    return format_html(
        '<div class="progress" data-tone="{}"><div class="progress__words"><span id="{}-stage">{}</span>{}</div>{}'
        '<div class="progress__words soft"><span>{}</span>{}</div><p class="progress__more">{}</p></div>',
        stage.tone if stage else "",
        name,
        shown(stage),
        format_html('<span class="number">{} %</span>', percent.value)
        if percent and filled is not None
        else "",
        format_html('<progress max="100" value="{}" aria-labelledby="{}-stage"></progress>', filled, name)
        if filled is not None
        else "",
        shown(reason) if reason and reason.value else "",
        format_html("<span>updated {}</span>", shown(updated)) if updated and updated.value else "",
        _more(one for one in row.cells if one.cell.value and one.column.key not in PROGRESS),
    )


def _more(cells: Iterable[CellView]) -> SafeString:
    return format_html_join(
        " ",
        '<span>{} <span class="progress__value">{}</span></span>',
        ((one.column.label, shown(one.cell, one.column.format)) for one in cells),
    )
