"""Cells as HTML. Written in Python because a page has hundreds: an include for each costs more than the query behind it."""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opsconsole.templatetags.ui import absolute, relative
from tenants.cells import Cell
from tenants.language.shapes import Column
from tenants.pages import RowView, SectionView
from tenants.saying import Sentence

register = template.Library()

NOTHING = format_html('<span class="none">{}</span>', "none")
NUMERIC = frozenset({"number", "money", "bytes", "duration"})


@register.simple_tag
def shown(cell: Cell | None, format_name: str = "") -> SafeString:
    """One cell: a time relative and absolute, a status with its meaning, a list, a link, or a text."""
    if cell is None or cell.value is None:
        return NOTHING
    if cell.masked:
        return format_html('<span class="masked" title="Hidden: you see a part only">{}</span>', cell.value)
    if cell.at:
        return _time(cell)
    return _chip(cell) if cell.tone or cell.meaning else _plain(cell, format_name)


def _plain(cell: Cell, format_name: str) -> SafeString:
    if cell.items:
        return format_html(
            '<ul class="cell-list">{}</ul>',
            format_html_join("", "<li>{}</li>", ((item,) for item in cell.items)),
        )
    if cell.href:
        return format_html('<a href="{}" rel="noreferrer">{}</a>', cell.href, cell.value)
    return (
        format_html('<code class="id">{}</code>', cell.value)
        if format_name == "code"
        else format_html('<span class="nowrap">{}</span>' if format_name == "date" else "{}", cell.value)
    )


def _time(cell: Cell) -> SafeString:
    moment = datetime.fromisoformat(cell.at)
    return format_html(
        '<span class="time"><time datetime="{}" data-relative title="{}">{}</time><span class="time__absolute"> ({})</span></span>',
        cell.at,
        absolute(moment),
        relative(moment),
        absolute(moment),
    )


def _chip(cell: Cell) -> SafeString:
    code = format_html(' title="{}"', cell.value) if cell.word else ""
    chip = format_html(
        '<span class="chip" data-tone="{}"{}>{}</span>', cell.tone or "neutral", code, cell.spoken
    )
    if not cell.meaning:
        return chip
    return format_html(
        '<span class="chip-pair">{} <span class="chip-pair__meaning">{}</span></span>', chip, cell.meaning
    )


@register.simple_tag
def cells(row: RowView, section: SectionView, may_reveal: bool = False) -> SafeString:
    """The cells of a table row; with a button beside a masked value that may be seen in clear."""
    return format_html_join(
        "",
        '<td data-label="{}"{}>{}{}</td>',
        (
            (
                c.column.label,
                numeric(c.column),
                shown(c.cell, c.column.format),
                _reveal(row, section, c.column) if may_reveal and c.can_be_revealed else "",
            )
            for c in row.cells
        ),
    )


def numeric(column: Column) -> SafeString | str:
    return format_html(' class="{}"', "numeric") if column.format in NUMERIC else ""


@register.simple_tag
def heading(column: Column) -> SafeString:
    return format_html('<th scope="col"{}>{}</th>', numeric(column), column.label)


@register.simple_tag
def reveal_button(row: RowView, section: SectionView, column: Column) -> SafeString:
    return _reveal(row, section, column)


def _reveal(row: RowView, section: SectionView, column: Column) -> SafeString:
    return format_html(
        ' <button class="linkish small" form="reveal-{}-{}" name="row" value="{}">'
        'Show<span class="hidden-visually"> {} in clear</span></button>',
        section.section.key,
        column.key,
        row.token,
        column.label,
    )


@register.simple_tag
def sentence(said: Sentence) -> SafeString:
    """One sentence of the strip; its times are times, its values stand out."""
    return format_html_join("", "{}", ((_part(part),) for part in said.parts))


def _part(part: str | Cell) -> SafeString | str:
    if isinstance(part, str):
        return part
    if part.at and not part.masked:
        return _time(part)
    return format_html("<strong>{}</strong>", part.spoken)


@register.filter
def revealable(section: SectionView) -> Iterable[Column]:
    """The columns of a section of which at least one value can be seen in clear."""
    return [
        c
        for c in section.columns
        if c.reveal and any(v.column is c and v.can_be_revealed for r in section.rows for v in r.cells)
    ]


@register.filter
def cell_of(row: RowView, key: str) -> Cell | None:
    return row.get(key)


@register.filter
def bars(section: SectionView) -> dict[str, object]:
    """The bars of a chart on a field 100 high, 20 for each bar; the numbers themselves stand in the table beside it."""
    chart = section.section.chart
    pairs = [(row.get(chart.label), row.get(chart.value)) for row in section.rows] if chart else []
    numbers = [(label, value, value.number) for label, value in pairs if value and value.number is not None]
    top = max((number for _, _, number in numbers), default=0) or 1
    return {
        "width": max(20 * len(numbers), 20),
        "bars": [
            {
                "x": 20 * place + 2,
                "y": round(100 - max(number, 0) / top * 100, 1),
                "height": round(max(number, 0) / top * 100, 1),
                "label": label.spoken if label else "",
                "value": value.value,
            }
            for place, (label, value, number) in enumerate(numbers)
        ],
    }
