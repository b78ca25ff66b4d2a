import pytest

from opsconsole.lib.charts import Point, bar_plot, round_up
from tests.grants import desk
from tests.tenants.policies import panel, put_in_force
from tests.tenants_desk.test_answer_panel import say

pytestmark = pytest.mark.django_db


def use_of(key):
    from tenants.desk.use import panel_use

    return next(use for use in panel_use() if use.panel.key == key)


def test_a_panel_nobody_uses_stands_on_the_page_of_reviews(browse_as, tenant):
    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/")
    page = browse_as("compliance").get("/reviews/").content.decode()
    assert "Panels and whether they answer" in page
    assert not use_of("billing").unused
    assert use_of("flags").unused
    assert "unused" in page


def test_the_tenant_page_does_not_count_as_use_of_every_panel_on_it(browse_as, tenant):
    browse_as("agent").get(f"/tenants/{tenant.slug}/")
    assert use_of("billing").opened == 0
    assert use_of("billing").unused


def test_an_answer_on_the_tenant_page_counts_as_use(browse_as, tenant):
    say(browse_as("agent"), tenant)
    assert not use_of("billing").unused
    assert use_of("billing").answered == 1


def test_of_several_answers_to_one_ticket_the_last_counts(browse_as, tenant):
    agent = browse_as("agent")
    for verdict in ("yes", "guessed", "no"):
        say(agent, tenant, verdict=verdict)
    use = use_of("billing")
    assert (use.answered, use.guessed, use.not_answered) == (0, 0, 1)


def test_asking_for_access_after_a_panel_counts_as_asked_elsewhere(browse_as, tenant, other_tenant):
    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/jobs/")
    agent.get(f"/tenants/{other_tenant.slug}/panels/jobs/")
    desk.asked(agent, tenant)
    use = use_of("jobs")
    assert (use.opened, use.elsewhere) == (2, 1)


def test_a_line_about_a_panel_is_read_by_the_reviewer(browse_as, tenant):
    say(browse_as("agent"), tenant, verdict="no", line="The date of the next try is missing.")
    assert "The date of the next try is missing." in browse_as("compliance").get("/reviews/").content.decode()


def test_another_app_adds_a_section_by_the_registry(browse_as, monkeypatch):
    from opsconsole.lib import registry

    def more(*, person):
        return {"key": "more", "title": "Standing rights", "lead": "", "template": "tenants/desk/_use.html"}

    monkeypatch.setattr(registry, "review_sections", registry.review_sections)
    registry.review_sections.append(more)
    try:
        assert "Standing rights" in browse_as("compliance").get("/reviews/").content.decode()
    finally:
        registry.review_sections.remove(more)


@pytest.mark.parametrize(
    ("path", "open_to", "closed_to"),
    [
        ("/reviews/", ["compliance"], ["agent", "approver", "success", "finance", "admin", "outsider"]),
        ("/metrics-board/", ["compliance", "approver"], ["agent", "success", "finance", "admin", "outsider"]),
    ],
)
def test_only_those_who_may_open_the_page_and_see_it_in_the_navigation(browse_as, path, open_to, closed_to):
    for name in open_to:
        client = browse_as(name)
        assert client.get(path).status_code == 200, name
        assert f'href="{path}"' in client.get("/").content.decode(), name
    for name in closed_to:
        client = browse_as(name)
        assert client.get(path).status_code == 403, name
        assert f'href="{path}"' not in client.get("/").content.decode(), name


def test_the_board_shows_each_number_with_its_plot_and_its_days(browse_as, tenant):
    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-48192")
    say(agent, tenant)
    say(agent, tenant, verdict="guessed", ticket="HD-48193")
    desk.open_case(agent, tenant, "HD-48194")
    desk.asked(agent, tenant, "HD-48195")
    page = browse_as("approver").get("/metrics-board/").content.decode()
    assert page.count("<svg viewBox=") == 5
    assert page.count("Nothing was counted in these days.") == 1
    for title in ("Time to the first useful answer", "Answered without escalation", "Had to guess"):
        assert title in page
    assert "style=" not in page


def test_the_board_says_so_when_nothing_was_counted(browse_as):
    page = browse_as("approver").get("/metrics-board/").content.decode()
    assert "no data yet" in page


def numbers():
    from tenants.desk.board import measures

    return {measure.key: measure for measure in measures().measures}


def test_the_shares_are_counted_from_cases_openings_and_answers(browse_as, tenant):
    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-48192")
    say(agent, tenant)
    say(agent, tenant, verdict="guessed", ticket="HD-48193")
    desk.open_case(agent, tenant, "HD-48194")
    desk.asked(agent, tenant, "HD-48195")
    found = numbers()
    assert found["without-escalation"].number == "50 %"
    assert found["asked-for-more"].number == "100 %"
    assert found["guessed"].number == "50 %"
    assert found["first-answer"].of == 1
    assert found["first-answer"].number == "0.0 min"


def test_a_ticket_that_went_to_engineering_and_came_back_is_counted_from_the_answers(
    browse_as, tenant, events
):
    agent = browse_as("agent")
    say(agent, tenant, verdict="asked")
    say(agent, tenant, verdict="yes")
    say(agent, tenant, verdict="asked", ticket="HD-48193")
    say(agent, tenant, ticket="HD-48194")
    say(agent, tenant, ticket="HD-48195")
    found = numbers()
    assert (found["bounced"].number, found["bounced"].of) == ("50 %", 4)
    assert (found["back"].number, found["back"].of) == ("0.0 h", 1)
    assert (use_of("billing").answered, use_of("billing").engineering) == (3, 2)
    assert events("panel.answered")[0].sentence.endswith("for ticket HD-48192: Asked engineering")


def test_bars_rise_from_zero_to_a_round_number():
    plot = bar_plot([Point("a", 0), Point("b", 30), Point("c", None), Point("d", 61)], width=400, height=100)
    assert plot.top == 100
    assert [(bar.label, bar.height) for bar in plot.bars] == [("a", 0), ("b", 30), ("d", 61)]
    assert all(bar.y + bar.height == pytest.approx(100) for bar in plot.bars)


def test_a_share_is_drawn_on_a_scale_of_a_hundred():
    (bar,) = bar_plot([Point("a", 50)], height=100, at_least=100).bars
    assert bar.height == 50


def test_negative_numbers_hang_below_the_line_of_nothing():
    plot = bar_plot([Point("a", 50), Point("b", -50)], height=100)
    assert plot.zero == 50
    assert plot.bars[1].y == 50


@pytest.mark.parametrize(
    "values", [[], [None], [0], [float("nan"), 1], [float("inf")], [1e-9], [1e300], [-1e-9, 1e12]]
)
def test_no_number_breaks_a_plot(values):
    plot = bar_plot([Point(str(n), value) for n, value in enumerate(values)])
    for bar in plot.bars:
        assert 0 <= bar.y <= plot.height + 0.01
        assert 0 <= bar.height <= plot.height + 0.01


@pytest.mark.parametrize(
    ("number", "up"), [(0, 0), (1, 1), (1.1, 2), (23, 25), (26, 50), (61, 100), (0.07, 0.1), (100, 100)]
)
def test_the_scale_ends_at_a_round_number(number, up):
    assert round_up(number) == pytest.approx(up)


def test_a_chart_section_of_a_panel_is_drawn_by_the_same_function_with_its_numbers_below(browse_as, tenant):
    put_in_force(
        panels__trial=panel(
            "select id as tenant_id, d as what, n as number from tenants, (values ('Mon', 3), ('Tue', 5)) v (d, n) where id = :tenant",
            more='  [[section.column]]\n  key = "number"\n  kind = "public"\n  format = "number"\n',
        ).replace('kind = "table"', 'kind = "chart"\nchart_label = "what"\nchart_value = "number"')
    )
    page = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/trial/").content.decode()
    assert page.count('<rect class="chart__bar"') == 2
    assert "<title>Tue: 5</title>" in page
    assert 'data-label="What"' in page
