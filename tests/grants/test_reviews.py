"""What stands out is listed with its rule and its numbers, and closed by somebody who had no part in it."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import set_roles
from grants.models import Grant, GrantReview
from grants.reviews.rules import parse_reviews
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.clock import database_now
from tests.grants import desk
from tests.grants.policies import put_in_force

ALL_NIGHT = ("reviews.toml", 'from = "22:00"\nuntil = "06:00"', 'from = "00:00"\nuntil = "23:59"')
MORE = "The customer sent a second file; it stops at row 12 and I want to compare the two."


@pytest.fixture
def cast(browse_as):
    return browse_as("agent"), browse_as("approver")


def given_back(cast, tenant, ticket="HD-48192", **fields):
    grant = desk.granted(*cast, tenant, ticket, **fields)
    assert desk.post(cast[0], f"/grants/{grant.pk}/revoke/", comment="").status_code == 302
    return grant


def reviews(client):
    answer = client.get("/reviews/")
    assert answer.status_code == 200
    return answer.content.decode()


def close(client, grant, word="in_order", comment=""):
    return desk.post(client, f"/reviews/grants/{grant.pk}/", word=word, comment=comment)


def test_access_that_met_a_rule_is_listed_and_closed_once_with_a_word(
    db, cast, browse_as, tenant, events, monkeypatch
):
    put_in_force(monkeypatch, ALL_NIGHT)
    grant = given_back(cast, tenant)
    compliance = browse_as("compliance")
    page = reviews(compliance)
    assert f'href="/grants/{grant.pk}/"' in page
    assert "between 00:00 and 23:59" in page
    assert close(cast[1], grant).status_code == 403
    assert close(compliance, grant, "incident").status_code == 422
    assert close(compliance, grant, "nonsense", "It is odd.").status_code == 422
    assert close(compliance, grant, "talked", "They work in another time zone.").status_code == 302
    assert close(compliance, grant).status_code == 409
    page = reviews(compliance)
    assert f"/reviews/grants/{grant.pk}/" not in page
    assert "They work in another time zone." in page
    event = events("grant.reviewed")[-1]
    assert (event.grant_id, event.fields["rules"]) == (grant.pk, ["night"])
    assert "Talked it over with them" in event.sentence


def test_a_rule_that_points_there_later_lists_it_again(db, cast, browse_as, tenant, monkeypatch):
    put_in_force(monkeypatch, ALL_NIGHT)
    given_back(cast, tenant)
    second = given_back(cast, tenant, "HD-50003")
    compliance = browse_as("compliance")
    page = reviews(compliance)
    assert "Access number 2 of this person to this customer in 7 days" in page
    review = GrantReview(
        grant=second, rules=["night"], numbers=["…"], word="in_order", reviewer_id=Grant.objects.first().person_id,
        policy_version="x", at=database_now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="nobody reviews access"), transaction.atomic():
        review.save(force_insert=True)
    assert close(compliance, second).status_code == 302
    assert set(GrantReview.objects.get().rules) == {"night", "repeated"}


def test_long_unused_and_extended_access_stands_out_whoever_held_it_last(
    committed, cast, browse_as, tenant, shift
):
    agent, lead = cast
    grant = desk.granted(agent, lead, tenant, minutes="60")
    for words in (MORE, MORE + " It is not the same row."):
        assert desk.post(agent, f"/grants/{grant.pk}/extend/", minutes="60", reason=words).status_code == 302
        assert desk.approve(lead, grant.extensions.get(status="pending")).status_code == 302
    shift(grant, -100 * 60)
    desk.post(agent, f"/grants/{grant.pk}/hand-over/", person="agent2", comment="")
    taken = Grant.objects.get(handed_over_from=grant)
    shift(taken, -81 * 60)
    compliance = browse_as("compliance")
    page = reviews(compliance)
    assert "Extended twice; the rule begins at 2." in page
    assert "Open for 1 h 40 min and never used." in page
    assert "Open for 3 h; the rule begins at 3 h." in page
    assert close(compliance, taken).status_code == 302


def test_who_had_a_part_in_it_does_not_close_it(db, cast, browse_as, people, tenant, monkeypatch):
    put_in_force(monkeypatch, ALL_NIGHT)
    grant = given_back(cast, tenant)
    set_roles(actor=people("admin"), person=people("approver"), roles=["compliance"])
    lead = browse_as("approver")
    assert "You had a part in this" in reviews(lead)
    assert close(lead, grant).status_code == 403
    assert not GrantReview.objects.exists()


def test_a_team_with_exceptions_is_closed_once_a_week_by_somebody_else(
    db, cast, browse_as, tenant, events, monkeypatch
):
    put_in_force(monkeypatch, ("reviews.toml", "exceptions = 5", "exceptions = 1"))
    desk.asked(cast[0], tenant, minutes="60")
    compliance = browse_as("compliance")
    page = reviews(compliance)
    assert "1 exceptions in a week: 1 × longer than usual" in page
    path = page.split('action="/reviews/teams/')[1].split('"')[0]
    assert path.startswith("support/")
    form = {"word": "policy", "comment": "Half an hour is too short for imports."}
    assert desk.post(compliance, f"/reviews/teams/{path}", **form).status_code == 302
    assert desk.post(compliance, f"/reviews/teams/{path}", **form).status_code == 409
    assert desk.post(compliance, "/reviews/teams/support/monday/", **form).status_code == 404
    assert "Support agent" in events("team.reviewed")[-1].sentence


def test_how_decisions_are_made_says_who_did_not_look_and_who_approves_whom(db, browse_as, tenant, events):
    one, two = browse_as("approver"), browse_as("approver2")
    first = desk.asked(one, tenant, scopes=["people.read"])
    assert one.get(f"/requests/{first.pk}/").status_code == 200
    assert events("request.opened") == []
    assert two.get(f"/requests/{first.pk}/").status_code == 200
    assert len(events("request.opened")) == 1
    desk.approve(two, first)
    desk.approve(one, desk.asked(two, tenant, "HD-50004", scopes=["people.read"]))
    page = reviews(browse_as("compliance"))
    assert "1 (100 %)" in page
    assert "0 (0 %)" in page
    assert "approved 1 of" in page


def test_every_mistake_of_the_rules_is_told_at_once():
    night = '[rule.night]\nfrom = "25:00"\nuntil = "06:00"\nzone = "Nowhere"\n'
    text = f'days = 3\n[rule.long]\nminutes = "60"\n{night}[rule.lung]\nminutes = 1\n'
    problems = Problems()
    parse_reviews(Bundle({"reviews.toml": text}), problems)
    assert {(problem.line, problem.what.split()[0]) for problem in problems.found} == {
        (1, "days"), (3, "rule.long.minutes"), (5, "rule.night.from"), (7, "rule.night.zone"), (8, "rule.lung"),
    }  # fmt: skip
