"""Access reviews: every standing role and right with its last use, answered by somebody else, in time, with a signed result."""

import hashlib
import json

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import RoleMembership, StandingRight
from grants.campaigns import actions
from grants.campaigns.rules import StandingRules, parse_standing
from grants.models import Campaign, CampaignItem, Notice
from grants.pack_tables import evidence_tables
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.errors import Refused
from opsconsole.lib.evidence import Found
from tests.grants import desk
from tests.people import rights


@pytest.fixture
def ends(monkeypatch):
    """Let the policy end what nobody looks at."""
    rules = StandingRules(every="quarter", overdue="end", remind_days=(7,))
    monkeypatch.setattr(actions, "standing_rules_in_force", lambda: rules)


def begin(client, **fields):
    answer = desk.post(client, "/reviews/access/", **fields)
    assert answer.status_code == 302, answer.content.decode()
    return Campaign.objects.get(pk=desk.id_in(answer))


def say(client, line, decision, **more):
    return desk.post(client, f"/reviews/access/lines/{line.pk}/", decision=decision, **more)


@pytest.mark.django_db
def test_each_line_is_kept_reduced_or_ended_by_somebody_else_and_the_result_is_signed(
    people, browse_as, tenant, other_tenant, events
):
    success, compliance = people("success"), browse_as("compliance")
    kept, reduced = rights.give(success, tenant), rights.give(success, other_tenant)
    assert browse_as("success").get(f"/tenants/{tenant.slug}/panels/billing/").status_code == 200
    review = begin(compliance, about="team", role="success", tenant="")
    lines = {line.right_id or line.role: line for line in review.items.all()}
    assert set(lines) == {"success", kept.pk, reduced.pk}
    assert lines[kept.pk].last_used_at is not None, "the look at the panel was its use"
    assert lines[reduced.pk].last_used_at is None
    page = compliance.get(review.get_absolute_url()).content.decode()
    assert "no use in the log" in page
    assert desk.post(compliance, f"{review.get_absolute_url()}close/").status_code == 409
    assert say(browse_as("agent"), lines[kept.pk], "keep").status_code == 403
    assert say(compliance, lines[kept.pk], "perhaps").status_code == 422
    assert say(compliance, lines[kept.pk], "keep", comment="Looks after them.").status_code == 302
    assert say(compliance, lines[kept.pk], "end").status_code == 409
    assert say(compliance, lines[reduced.pk], "reduce", days=10).status_code == 302
    assert say(compliance, lines["success"], "end", comment="Moved to sales.").status_code == 302
    kept.refresh_from_db()
    reduced.refresh_from_db()
    assert kept.reviewed_at is not None
    assert (reduced.kind, (reduced.ends_at - reduced.reviewed_at).days) == ("exception", 10)
    assert not RoleMembership.objects.filter(person=success).exists()
    assert desk.post(compliance, f"{review.get_absolute_url()}close/").status_code == 302
    review.refresh_from_db()
    file = compliance.get(f"{review.get_absolute_url()}result/").content
    closed = events("access_review.closed")[-1]
    assert hashlib.sha256(file).hexdigest() == review.digest == closed.fields["digest"]
    said = {entry["what"].split(":")[0]: entry["decision"] for entry in json.loads(file)["entries"]}
    assert said == {"Customer success manager": "end", "See one tenant": "reduce"} | said
    assert "1 kept, 1 reduced, 1 ended" in closed.sentence
    (table,) = [
        one
        for one in evidence_tables(found=Found(reviews=frozenset({review.pk})))
        if one.key == "access-reviews"
    ]
    assert [row[table.columns.index("Decision")] for row in table.rows] == ["Ended", "Kept", "Reduced"]


@pytest.mark.django_db
def test_one_customer_is_reviewed_with_its_region_and_what_changed_lately_is_shown(
    people, browse_as, tenant, other_tenant
):
    from tenants.actions.regions import region_named

    success, compliance = people("success"), browse_as("compliance")
    here = {
        rights.give(success, tenant).pk,
        rights.give(success, region_named(tenant.region), "view_region").pk,
    }
    if other_tenant.region != tenant.region:
        rights.give(success, other_tenant)
    review = begin(compliance, about="tenant", role="", tenant=tenant.slug)
    assert {line.right_id for line in review.items.all()} == here
    unknown = desk.post(compliance, "/reviews/access/", about="tenant", role="", tenant="no-such")
    assert unknown.status_code == 422
    page = compliance.get("/reviews/").content.decode()
    assert "Administrator gave Success manager a standing right on" in page


@pytest.mark.django_db
def test_nobody_answers_for_themselves_and_postgresql_holds_that_too(people, browse_as):
    compliance = people("compliance")
    review = begin(browse_as("compliance"), about="role", role="compliance", tenant="")
    own = review.items.get(person=compliance)
    assert own.reviewer == people("compliance2"), "the other reviewer is asked"
    assert say(browse_as("compliance"), own, "keep").status_code == 403
    with pytest.raises(IntegrityError, match="not_by_its_holder"), transaction.atomic():
        CampaignItem.objects.filter(pk=own.pk).update(reviewer=compliance)
    assert say(browse_as("compliance2"), own, "keep").status_code == 302
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        CampaignItem.objects.filter(pk=own.pk).update(comment="Another word.")
    with pytest.raises(IntegrityError, match="never removed"), transaction.atomic():
        CampaignItem.objects.filter(pk=own.pk).delete()
    with pytest.raises(Refused):
        actions.open_review(actor=people("agent"), about="everything")


def test_what_nobody_looks_at_ends_in_time_and_somebody_is_left_to_manage_people(
    committed, ends, people, browse_as, tenant, events, as_owner
):
    from grants.delivery import deliver_outbox

    right = rights.give(people("success"), tenant)
    assert (actions.open_quarterly(), actions.open_quarterly()) == (1, 0)
    review = Campaign.objects.get()
    deliver_outbox()
    assert Notice.objects.filter(person=people("compliance"), outbox__kind="reviews_wait").exists()
    assert actions.remind_reviewers() == 0
    move("due_at = now() + interval '6 days'", as_owner)
    assert (actions.remind_reviewers(), actions.remind_reviewers()) == (1, 0)
    line = review.items.get(person=people("approver"))
    assert say(browse_as("compliance"), line, "keep").status_code == 302
    assert actions.settle_late_reviews() == 0
    move("opened_at = opened_at - interval '30 days', due_at = now() - interval '1 minute'", as_owner)
    assert (actions.settle_late_reviews(), actions.settle_late_reviews()) == (1, 0)
    right.refresh_from_db()
    assert right.end_cause in {StandingRight.Cause.REVIEW, StandingRight.Cause.ROLE}
    assert not people("success").has_perm("tenants.view_tenant", tenant)
    assert people("approver").memberships.exists(), "somebody kept it"
    left = review.items.get(person=people("admin"))
    assert (left.decision, left.outcome) == ("told", "It stays: Somebody must be left who manages people.")
    review.refresh_from_db()
    assert review.closed_at is not None
    assert len(events("access_review.overdue")) == review.items.count() - 1


def move(times, as_owner):
    as_owner("ALTER TABLE grants_campaign DISABLE TRIGGER USER")
    as_owner(f"UPDATE grants_campaign SET {times}")
    as_owner("ALTER TABLE grants_campaign ENABLE ALWAYS TRIGGER grants_campaign_stays")
    connection.close()


def test_every_mistake_of_the_table_is_told_at_once():
    problems = Problems()
    text = '[standing]\nevery = "month"\ndays = 0\nremind_days = "7"\noverdue = "block"\nkeep_days = 1\nremind = 1\n'
    parse_standing(Bundle({"reviews.toml": text}), problems)
    assert {problem.line for problem in problems.found} == {2, 3, 4, 5, 6, 7}
