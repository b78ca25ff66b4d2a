"""Components as HTML, and the rules that hold all of them together."""

import re

from tests.frontend import gallery

ROOT = gallery.ROOT


def test_a_field_with_an_error_names_it_and_keeps_what_was_typed() -> None:
    html = gallery.page()
    reason = re.search(r"<textarea[^>]*id=\"id_reason\"[^>]*>", html)
    assert reason
    assert 'aria-describedby="id_reason_helptext"' in reason[0]
    assert ">\nneed access</textarea>" in html
    ticket = re.search(r"<input[^>]*id=\"id_ticket\"[^>]*>", html)
    assert ticket
    assert 'aria-invalid="true"' in ticket[0]
    assert "id_ticket_error" in ticket[0]
    assert html.count('id="id_ticket_error"') == 1


def test_a_status_word_stands_beside_its_meaning() -> None:
    assert (
        '<span class="chip" data-tone="bad">past_due</span> <span class="chip-pair__meaning">A payment failed'
        in (gallery.page())
    )


def test_a_time_carries_its_absolute_form_for_hover_and_print() -> None:
    html = gallery.page()
    found = re.search(r'<time datetime="[^"]+\+00:00" data-relative title="([^"]+ UTC)">3 h ago</time>', html)
    assert found
    assert f'<span class="time__absolute"> ({found[1]})</span>' in html


def test_text_from_outside_is_escaped_everywhere() -> None:
    nasty = '<script>alert(1)</script>"onload="'
    html = gallery.page(facts=[{"label": nasty, "value": nasty}, {"label": "id", "code": nasty}], may=[nasty])
    assert nasty not in html
    assert html.count("&lt;script&gt;") >= 4


def test_the_navigation_shows_only_what_it_is_given() -> None:
    html = gallery.page(nav=gallery.NAV[:1])
    assert 'href="/home/"' in html
    assert 'href="/policy/"' not in html


def test_the_footer_says_that_second_factors_are_off_only_when_they_are() -> None:
    assert "Second factors are off in this demo." in gallery.page()
    assert "Second factors" not in gallery.page(second_factor_required=True)


def test_the_page_for_a_failure_needs_nothing_but_itself() -> None:
    source = (ROOT / "templates/errors/500.html").read_text(encoding="utf-8")
    assert "{% load" not in source
    assert "{% extends" not in source
    assert "{% include" not in source


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static/icons.svg").read_text(encoding="utf-8")))
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'(?:{% icon |icon_name=)"([a-z]+)"', path.read_text(encoding="utf-8"))
    }
    assert named <= drawn


def test_htmx_may_neither_evaluate_nor_leave_the_site() -> None:
    html = gallery.page()
    for rule in (
        '"includeIndicatorStyles":false',
        '"allowEval":false',
        '"allowScriptTags":false',
        '"selfRequestsOnly":true',
        '"historyEnabled":false',
        '"historyCacheSize":0',
    ):
        assert rule in html


def test_the_scripts_stay_small_and_the_styles_ask_nobody_else() -> None:
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "static/js").glob("*.js")
    )
    assert lines <= 320
    for path in (ROOT / "static/css").glob("*.css"):
        assert "http" not in path.read_text(encoding="utf-8")
