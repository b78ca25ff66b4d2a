"""Tags and filters for the pages of tenants; the HTML itself is made in `tenants.markup`."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from opsconsole.lib.charts import Plot, Point, bar_plot
from opsconsole.lib.html import html, joined
from tenants import markup
from tenants.cells import Cell
from tenants.language.shapes import Column
from tenants.pages import SectionView
from tenants.saying import Sentence

register = template.Library()


@register.simple_tag
def shown(cell: Cell | None, format_name: str = "") -> SafeString:
    """One cell as HTML."""
    return markup.shown(cell, format_name)


@register.simple_tag
def facts(section: SectionView, reveals: bool = False) -> SafeString:
    return markup.facts(section, reveals=bool(reveals))


@register.simple_tag
def table_head(section: SectionView) -> SafeString:
    return markup.table_head(section)


@register.simple_tag
def table_rows(section: SectionView, reveals: bool = False) -> SafeString:
    return markup.table_rows(section, reveals=bool(reveals))


@register.simple_tag
def timeline(section: SectionView) -> SafeString:
    return markup.timeline(section)


@register.simple_tag
def progress(section: SectionView) -> SafeString:
    return markup.progress(section)


@register.simple_tag
def sentence(said: Sentence) -> SafeString:
    """One sentence of the strip; its times are times, its values stand out."""
    return joined(_part(part) for part in said.parts)


def _part(part: str | Cell) -> SafeString | str:
    if isinstance(part, str):
        return part
    return markup.moment(part) if part.at and not part.masked else html("<strong>{}</strong>", part.spoken)


@register.filter
def revealable(section: SectionView) -> Iterable[Column]:
    """The columns of a section of which at least one value can be seen in clear."""
    return [
        c
        for c in section.columns
        if c.reveal and any(v.column is c and v.can_be_revealed for r in section.rows for v in r.cells)
    ]


@register.filter
def plot(section: SectionView) -> Plot:
    """The bars of a chart section; the numbers themselves stand in the table beside it."""
    chart = section.section.chart
    pairs = [(row.get(chart.label), row.get(chart.value)) for row in section.rows] if chart else []
    return bar_plot(
        [
            Point(label.spoken if label else "", value.number, value.spoken)
            for label, value in pairs
            if value and value.number is not None
        ]
    )
