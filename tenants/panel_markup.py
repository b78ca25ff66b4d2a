"""A panel as a card: its question, its sections or the way to ask for them, and whether it answered."""

from collections.abc import Iterator

from django.utils.safestring import SafeString

from opsconsole.lib.html import html, joined
from opsconsole.templatetags.ui import icon
from tenants.asking import ask_url
from tenants.models import PanelAnswer
from tenants.pages import PanelView
from tenants.section_markup import Frame, section


def panel(view: PanelView, frame: Frame) -> SafeString:
    """One panel; without authority for its scope only its title, its question and where to ask."""
    key = view.panel.key
    return html(
        '<section class="card{}" id="panel-{}" data-panel="{}" aria-labelledby="title-{}">\n{}</section>\n',
        "" if view.authority else " card--closed",
        key,
        key,
        key,
        joined(_parts(view, frame), "\n"),
    )


def _parts(view: PanelView, frame: Frame) -> Iterator[SafeString]:
    yield html(
        '<div class="card__head"><h2 id="title-{}">{}</h2><p class="card__note">{}</p></div>',
        view.panel.key,
        _title(view, frame),
        view.panel.question,
    )
    if not view.authority:
        yield html('<div class="card__body stack">{}</div>', _closed(view, frame))
        return
    yield html(
        '<div class="card__body stack">{}</div>', joined(section(view, one, frame) for one in view.sections)
    )
    if frame.whole and (view.panel.owner or view.panel.escalation):
        keeper = f"Kept by {view.panel.owner}. " if view.panel.owner else ""
        yield html('<div class="card__foot">{}</div>', f"{keeper}{view.panel.escalation}")
    yield _did_it_answer(view, frame)


def _title(view: PanelView, frame: Frame) -> str:
    if frame.whole or not view.authority:
        return view.panel.title
    return html('<a href="{}">{}</a>', frame.url(view.panel.key), view.panel.title)


def _closed(view: PanelView, frame: Frame) -> SafeString:
    ask = html(
        '<a class="button button--small" href="{}">Ask for access</a>',
        ask_url(frame.slug, view.panel.scope, frame.ticket),
    )
    return html(
        '<p class="row">{}<span>This needs <code>{}</code>, which you do not hold on this tenant.</span>{}</p>',
        icon("lock"),
        view.panel.scope,
        ask if frame.may_ask else "",
    )


def _did_it_answer(view: PanelView, frame: Frame) -> SafeString:
    """The form works without scripts; its first, unseen button keeps Enter in the free line from choosing a verdict."""
    key, address = view.panel.key, frame.url(view.panel.key, "answer/")
    buttons = joined(
        html(
            '<button class="button button--small" name="verdict" value="{}" aria-describedby="title-{}">{}</button>',
            verdict,
            key,
            words,
        )
        for verdict, words in PanelAnswer.Verdict.choices
    )
    return html(
        '<form class="answer no-print" method="post" action="{}" hx-post="{}" hx-swap="outerHTML">{}'
        "<button disabled hidden></button><span>Did this answer it?</span>\n{}\n"
        '<details><summary>Say what was missing</summary><div class="field"><label class="hidden-visually" for="line-{}">'
        'What was missing in {}</label><input id="line-{}" name="line" maxlength="300" placeholder="Optional, no customer data"'
        ' autocomplete="off"></div></details></form>',
        address,
        address,
        frame.csrf,
        buttons,
        key,
        view.panel.title,
        key,
    )
