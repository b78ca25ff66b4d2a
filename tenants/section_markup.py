"""A section of a panel as HTML: its heading and age, its rows by its kind, and what is to be said of them.

In Python for the same reason as `tenants.markup`: a tenant page has two dozen of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from opsconsole.lib.charts import Point, bar_plot
from opsconsole.lib.html import html, joined
from opsconsole.templatetags.ui import chip, time_pair
from tenants import markup
from tenants.language.shapes import Column
from tenants.pages import PanelView, SectionView

NOTHING = html("")
NOTE = '<p class="small soft">{}</p>'


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page around a panel adds to it: the address of its tenant, the ticket its links keep, what the reader may do.

    `whole` is the panel's own page, where values can be revealed.
    """

    tenant: str
    slug: str
    ticket: str = ""
    csrf: str = ""
    may_ask: bool = False
    whole: bool = False

    @property
    def query(self) -> str:
        return f"?ticket={quote(self.ticket, safe='')}" if self.ticket else ""

    def url(self, key: str, more: str = "") -> str:
        """Return the address of a panel, or of something under it."""
        return f"{self.tenant}panels/{key}/{more}{self.query}"


def rows(section: SectionView, *, reveals: bool = False) -> SafeString:
    """The rows of a section in the shape of its kind."""
    return _KINDS.get(section.section.kind, _table)(section, reveals)


def _facts(section: SectionView, reveals: bool) -> SafeString:
    return markup.facts(section, reveals=reveals)


def _timeline(section: SectionView, _reveals: bool) -> SafeString:
    return html('<ol class="timeline">{}</ol>', markup.timeline(section))


def _progress(section: SectionView, _reveals: bool) -> SafeString:
    return html('<div class="progress-list">{}</div>', markup.progress(section))


def _table(section: SectionView, reveals: bool) -> SafeString:
    return html(
        '<div class="table-box" role="region" aria-label="{}" tabindex="0"><table class="table table--stack">'
        '<caption class="hidden-visually">{}</caption><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>',
        section.section.title,
        section.section.title,
        markup.table_head(section),
        markup.table_rows(section, reveals=reveals),
    )


def _chart(section: SectionView, reveals: bool) -> SafeString:
    """The bars, and the numbers themselves in the table below."""
    chart = section.section.chart
    pairs = [(row.get(chart.label), row.get(chart.value)) for row in section.rows] if chart else []
    points = [
        Point(label.spoken if label else "", value.number, value.spoken)
        for label, value in pairs
        if value and value.number is not None
    ]
    label = f"{section.section.title}: the numbers stand in the table below"
    drawn = render_to_string("components/chart.html", {"plot": bar_plot(points), "label": label})
    return joined([drawn, _table(section, reveals)])


_KINDS: dict[str, Callable[[SectionView, bool], SafeString]] = {
    "facts": _facts,
    "timeline": _timeline,
    "progress": _progress,
    "chart": _chart,
}


def section(view: PanelView, one: SectionView, frame: Frame) -> SafeString:
    """A section of a panel with all that is said around its rows."""
    panel, key = view.panel.key, one.section.key
    return html(
        '<div class="stack-s section" data-section="{}.{}"><div class="row row--spread"><h3 id="{}-{}">{}</h3>{}</div>\n{}</div>\n',
        panel,
        key,
        panel,
        key,
        one.section.title,
        _age(one),
        joined(_parts(panel, one, frame), "\n"),
    )


def _age(one: SectionView) -> SafeString:
    if not one.age:
        return NOTHING
    late = html(" {}", chip("late", one.age.usually, "notice")) if one.age.late else ""
    return html('<span class="small soft">updated {}{}</span>', time_pair(one.age.at), late)


def _parts(panel: str, one: SectionView, frame: Frame) -> Iterator[SafeString]:
    if one.missing:
        yield _banner("This list is not whole", one.missing)
    if one.failure:
        yield _banner("This section cannot be shown", one.failure)
    elif not one.rows:
        yield html('<p class="none">{}</p>', one.empty)
    else:
        yield rows(one, reveals=frame.whole)
        yield from _below(panel, one, frame)


def _banner(title: str, text: str) -> SafeString:
    words = {"tone": "notice", "title": title, "text": text}
    return render_to_string("components/banner.html", words)


def _below(panel: str, one: SectionView, frame: Frame) -> Iterator[SafeString]:
    if one.cut:
        more = "" if frame.whole else html(' <a href="{}">See more</a>', frame.url(panel))
        yield html('<p class="small soft">Only the first {} are shown.{}</p>', len(one.rows), more)
    if one.kept:
        yield html(NOTE, one.kept)
    if frame.whole and one.section.healthy:
        yield html(NOTE, f"Healthy means: {one.section.healthy}")
    if frame.whole:
        yield from (_reveal_form(panel, one, column, frame) for column in revealable(one))


def revealable(one: SectionView) -> list[Column]:
    """Return the columns of which at least one value can be seen in clear."""
    return [
        c
        for c in one.columns
        if c.reveal and any(v.column is c and v.can_be_revealed for r in one.rows for v in r.cells)
    ]


def _reveal_form(panel: str, one: SectionView, column: Column, frame: Frame) -> SafeString:
    """The form that the buttons beside the masked values belong to."""
    return html(
        '<form id="reveal-{}-{}" method="post" action="{}">{}<input type="hidden" name="section" value="{}">'
        '<input type="hidden" name="column" value="{}"><input type="hidden" name="ask" value="1"></form>',
        one.section.key,
        column.key,
        frame.url(panel, "reveal/"),
        frame.csrf,
        one.section.key,
        column.key,
    )
