"""Tags and filters for the pages of tenants; the HTML itself is made in `tenants.markup`, `section_markup` and `panel_markup`."""

from django import template
from django.template.backends.utils import csrf_input
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from opsconsole.lib.html import html, joined
from tenants import markup, panel_markup, section_markup
from tenants.cells import Cell
from tenants.pages import PanelView, SectionView
from tenants.saying import Sentence
from tenants.section_markup import Frame

register = template.Library()
FRAME = "tenants.frame"


@register.simple_tag
def shown(cell: Cell | None, format_name: str = "") -> SafeString:
    """One cell as HTML."""
    return markup.shown(cell, format_name)


@register.simple_tag(takes_context=True)
def panel(context: Context, view: PanelView, whole: bool = False) -> SafeString:
    """One panel as a card, on the page of its tenant or, `whole`, on its own."""
    request = context["request"]
    frame = context.render_context.get(FRAME)
    if frame is None:
        tenant = context["tenant"]
        frame = context.render_context[FRAME] = Frame(
            tenant=reverse("tenants:tenant", args=[tenant.slug]),
            slug=tenant.slug,
            ticket=context["ticket"],
            csrf=csrf_input(request),
            may_ask=request.user.has_perm("console.ask"),
            whole=whole,
        )
    return panel_markup.panel(view, frame)


@register.simple_tag
def section_rows(section: SectionView) -> SafeString:
    """The rows of a section in the shape of its kind, without what stands around them."""
    return section_markup.rows(section)


@register.simple_tag
def sentence(said: Sentence) -> SafeString:
    """One sentence of the strip; its times are times, its values stand out."""
    return joined(_part(part) for part in said.parts)


def _part(part: str | Cell) -> SafeString | str:
    if isinstance(part, str):
        return part
    return markup.moment(part) if part.at and not part.masked else html("<strong>{}</strong>", part.spoken)
