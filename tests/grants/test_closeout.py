"""A case closes when everything under it is gone, or somebody says why it stays; the same trouble again has an owner."""

from datetime import timedelta

import pytest

from grants.models import Case, Closeout, ProductProblem
from opsconsole.lib.clock import database_now
from tests.grants import desk

CLOSE = {"resolved": "yes", "summary": "The file had a date of another format.", "product_problem": ""}


def close(client, case_id, **fields):
    return desk.post(client, f"/cases/{case_id}/close/", **(CLOSE | fields))


def over(client, decider, tenant, ticket, **fields):
    """Access that was given and handed back, and its case."""
    grant = desk.granted(client, decider, tenant, ticket, **fields)
    assert desk.post(client, f"/grants/{grant.pk}/revoke/").status_code == 302
    return grant.case_id


def test_what_the_database_says_at_that_moment_is_kept(db, browse_as, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    page = agent.get(f"/cases/{grant.case_id}/").content.decode()
    assert "Access of Agent to imports.read is still open" in page
    assert close(agent, grant.case_id).status_code == 409
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    waits = desk.ask(agent, grant.case_id, scopes=["people.read"])
    assert close(agent, grant.case_id).status_code == 409
    desk.post(agent, f"{waits.url}withdraw/")
    assert close(agent, grant.case_id).status_code == 302
    kept = Closeout.objects.get(case_id=grant.case_id)
    assert kept.found == [{"kind": "grant", "what": "Access of Agent to imports.read", "gone": True}]
    assert "Access of Agent to imports.read: gone" in agent.get(f"/cases/{grant.case_id}/").content.decode()
    assert close(agent, grant.case_id).status_code == 409


def test_a_role_a_right_or_a_token_added_meanwhile_stays_only_with_a_word(
    db, browse_as, people, tenant, events
):
    from accounts.actions import make_token, revoke_token, set_roles

    agent = browse_as("agent")
    case_id = desk.open_case(agent, tenant)
    set_roles(actor=people("admin"), person=people("agent"), roles={"support", "finance"})
    token, _secret = make_token(actor=people("agent"), name="For the export")
    gone, _secret = make_token(actor=people("agent"), name="For a try")
    revoke_token(actor=people("agent"), token=gone)
    answer = close(agent, case_id)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Finance operations, given to Agent" in text
    assert "The API token For the export of Agent" in text
    assert "For a try" not in text.split("id_close")[0].split("there: ")[-1]
    assert close(agent, case_id, kept_because="Agent changes to finance this week.").status_code == 302
    closed = events("case.closed")[-1]
    assert closed.fields["kept_because"] == "Agent changes to finance this week."
    found = {row["what"]: row["gone"] for row in Closeout.objects.get(case_id=case_id).found}
    assert found == {
        "Finance operations, given to Agent": False,
        "The API token For the export of Agent": False,
        "The API token For a try of Agent": True,
    }
    assert token.revoked_at is None


def test_what_another_app_added_is_asked_for_too(db, browse_as, tenant, monkeypatch):
    from grants.queries import closing

    monkeypatch.setattr(
        closing, "leftovers", [lambda case_id: [("A support session as a customer user", False)]]
    )
    agent = browse_as("agent")
    answer = close(agent, desk.open_case(agent, tenant))
    assert (answer.status_code, "A support session as a customer user" in answer.content.decode()) == (
        422,
        True,
    )


def test_the_same_access_on_one_tenant_within_thirty_days_is_a_problem_with_an_owner(
    db, browse_as, tenant, other_tenant, events
):
    agent, lead = browse_as("agent"), browse_as("approver")
    assert close(agent, over(agent, lead, tenant, "HD-1")).status_code == 302
    assert close(agent, over(agent, lead, other_tenant, "HD-2")).status_code == 302
    assert not ProductProblem.objects.exists()
    again = over(agent, lead, tenant, "HD-3")
    assert "as a problem of the product" in agent.get(f"/cases/{again}/").content.decode()
    assert close(agent, again).status_code == 302
    problem = ProductProblem.objects.get()
    assert (problem.kind, problem.case_id, len(problem.earlier)) == ("imports.read", again, 1)
    assert problem.owner
    assert Closeout.objects.get(case_id=again).product_problem
    assert "seen 2 times in 30 days" in events("case.closed")[-1].sentence
    page = browse_as("compliance").get("/reviews/").content.decode()
    assert "The same trouble again" in page
    assert f"Ticket HD-3, for {problem.owner}" in page
    assert "2 times in 30 days; with" in agent.get(f"/cases/{again}/").content.decode()


def test_trouble_of_more_than_thirty_days_ago_is_no_repeat_and_a_person_can_still_name_one(
    db, browse_as, tenant
):
    from grants.queries.closing import troubles_of

    agent, lead = browse_as("agent"), browse_as("approver")
    close(agent, over(agent, lead, tenant, "HD-1"))
    second = over(agent, lead, tenant, "HD-2")
    case = Case.objects.get(pk=second)
    now = database_now()
    assert [len(trouble.earlier) for trouble in troubles_of(case, now)] == [1]
    assert [len(trouble.earlier) for trouble in troubles_of(case, now + timedelta(days=31))] == [0]
    third = over(agent, lead, tenant, "HD-3", scopes=["people.read"])
    assert close(agent, third, product_problem="yes").status_code == 302
    assert [row.kind for row in ProductProblem.objects.filter(case_id=third)] == ["people.read"]


@pytest.mark.parametrize("turn", range(2))
def test_closing_against_an_approval_leaves_no_access_under_a_closed_case(committed, browse_as, tenant, turn):
    from tests.grants.test_races import at_once

    agent, lead = browse_as("agent"), browse_as("approver")
    request = desk.asked(agent, tenant)
    codes = at_once(lambda: desk.approve(lead, request), lambda: close(agent, request.case_id))
    assert codes == [302, 409]
    assert Case.objects.get(pk=request.case_id).status == "open"
