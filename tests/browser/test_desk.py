"""What the desk adds to the panels, as people use it: one click, one note, one book."""


def test_one_click_beside_a_panel_says_whether_it_answered(desk, owner_sql):
    agent = desk("agent")
    agent.open("/tenants/northwind-paper-prod-eu/?ticket=HD-48301")
    before = owner_sql("SELECT count(*) FROM tenants_panelanswer")[0][0]
    box = agent.page.locator("#panel-billing")
    box.get_by_text("Say what was missing").click()
    box.get_by_label("What was missing in Billing").fill("The next try.")
    box.get_by_label("What was missing in Billing").press("Enter")
    box.get_by_role("button", name="Had to guess").click()
    box.get_by_text("Noted: had to guess.").wait_for()
    assert "ticket=HD-48301" in agent.page.url
    (found,) = owner_sql("SELECT verdict, line, ticket FROM tenants_panelanswer ORDER BY at DESC LIMIT 1")
    assert found == ("guessed", "The next try.", "HD-48301")
    assert owner_sql("SELECT count(*) FROM tenants_panelanswer")[0][0] == before + 1
    agent.check()


def test_without_scripts_the_answer_is_a_plain_form(desk):
    agent = desk("agent", java_script_enabled=False)
    agent.open("/tenants/northwind-paper-prod-eu/panels/billing/")
    agent.page.get_by_role("button", name="Yes").click()
    agent.page.get_by_text("Noted: yes. Thank you.").wait_for()
    assert agent.page.url.endswith("/tenants/northwind-paper-prod-eu/panels/billing/")


def test_the_success_manager_reads_the_book_and_keeps_a_note(desk):
    manager = desk("success")
    manager.open("/portfolio/")
    manager.page.get_by_text("Needs somebody now").first.wait_for()
    manager.check()
    manager.page.get_by_role("link", name="Lumen Yoga Studio").click()
    manager.page.get_by_label("New note").fill("They choose a plan on Monday.")
    manager.page.get_by_role("button", name="Keep this note").click()
    manager.page.locator("ol.timeline").get_by_text("They choose a plan on Monday.").first.wait_for()
    manager.check()
