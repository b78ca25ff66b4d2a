"""Off-boarding: one verb, one transaction, under a second, and every door is shut afterwards over HTTP."""

import hashlib
import hmac
import json
import time
from base64 import b64encode

import pytest
from django.test import Client

from accounts import actions as people_actions
from accounts.leaving.actions import off_board
from accounts.models import Person
from grants.delivery import deliver_outbox
from grants.models import Notice
from opsconsole.lib.errors import Conflict, Invalid, Refused
from tests.conftest import PASSWORD
from tests.grants import desk
from tests.people import rights

SECRET = b"a secret that the directory and we know"
REASON = "Left the company on Friday."


@pytest.fixture
def busy(people, browse_as, tenant, other_tenant):
    """An agent with a live access, a waiting request, a case, a token, a right and two ways in; return the browser and the token."""
    agent, approver = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, approver, tenant)
    waiting = desk.asked(agent, other_tenant, "HD-48193")
    _, token = people_actions.make_token(actor=people("agent"), name="reports")
    return agent, token, grant, waiting


def words_of(answer):
    return answer.content.decode()


@pytest.mark.django_db
def test_everything_ends_in_one_verb_and_each_door_is_shut_afterwards(
    busy, people, browse_as, tenant, events
):
    agent, token, grant, waiting = busy
    admin, person = browse_as("admin"), people("agent")
    page = f"/people/{person.pk}/"
    assert "access under ticket HD-48192" in words_of(admin.get(page)).lower().replace("hd-", "HD-")
    answer = admin.post(f"{page}off-board/", {"reason": REASON, "to": "agent2"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    shown = words_of(admin.get(page))
    for ended in (
        "The role Support agent was taken.",
        f"Access to {tenant} under ticket HD-48192 was ended.",
        "under ticket HD-48193 was taken back.",
        "The case of ticket HD-48192",
        "The API token reports was revoked.",
    ):
        assert ended in shown
    assert "went to Second agent" in shown
    deliver_outbox()
    heard = Notice.objects.filter(person__username="agent2", outbox__kind="case_passed_on")
    said = f"A case on {tenant.name} is yours from now on, because its owner left (HD-48192)."
    assert (heard.count(), heard.filter(sentence=said).count()) == (2, 1)
    waiting.refresh_from_db()
    grant.refresh_from_db()
    assert (grant.end_cause, waiting.status) == ("off_boarded", "withdrawn")
    event = events("person.off_boarded")[-1]
    assert event.sentence.startswith("Administrator off-boarded Agent, and ")
    no_door_opens(agent, token, tenant, waiting)


def no_door_opens(agent, token, tenant, waiting):
    """Try the old cookie, the token, the password, and what others could still do in their name."""
    bearer = {"Authorization": f"Bearer {token}"}
    assert agent.get("/").status_code == 302
    assert desk.ask(agent, waiting.case_id).status_code == 302
    assert agent.get("/api/v1/tenants/").status_code == 401
    assert Client().get(f"/api/v1/tenants/{tenant.slug}/", headers=bearer).status_code == 401
    again = Client().post("/sign-in/", {"username": "agent", "password": PASSWORD})
    assert again.status_code == 422
    person = Person.objects.get(username="agent")
    assert not person.has_perm("console.see")
    assert not person.has_perm(f"tenants.{desk.SCOPE}", tenant)


@pytest.mark.django_db
def test_nobody_off_boards_themselves_and_the_last_administrator_stays(people, browse_as):
    admin = people("admin")
    with pytest.raises(Refused):
        off_board(actor=admin, person=admin, reason=REASON)
    with pytest.raises(Refused):
        off_board(actor=people("compliance"), person=people("agent"), reason=REASON)
    with pytest.raises(Invalid):
        off_board(actor=admin, person=people("agent"), reason="bye")
    with pytest.raises(Invalid, match="Nobody hands things to themselves"):
        off_board(actor=admin, person=people("success"), reason=REASON, to=admin)
    assert browse_as("admin").post(f"/people/{admin.pk}/off-board/", {"reason": REASON}).status_code == 403


@pytest.mark.django_db
def test_two_administrators_who_edit_one_person_do_not_undo_each_other(people, browse_as):
    from accounts.guarding import how_they_stand

    person, browser = people("agent"), browse_as("admin")
    seen = how_they_stand(person)
    form = {"roles": ["success"], "seen": seen}
    assert browser.post(f"/people/{person.pk}/roles/", form).status_code == 302
    assert browser.post(f"/people/{person.pk}/roles/", form | {"roles": ["support"]}).status_code == 409
    assert (
        browser.post(f"/people/{person.pk}/off-board/", {"reason": REASON, "seen": seen}).status_code == 409
    )
    assert people("agent").is_active


@pytest.mark.django_db
def test_a_change_of_roles_ends_what_the_new_role_would_not_allow(busy, people, tenant, events):
    _, _, grant, waiting = busy
    admin, success = people("admin"), people("success")
    right = rights.give(success, tenant)
    people_actions.set_roles(actor=admin, person=people("agent"), roles=["success"])
    people_actions.set_roles(actor=admin, person=success, roles=["compliance"])
    for row in (grant, waiting, right):
        row.refresh_from_db()
    assert (grant.end_cause, waiting.status, right.end_cause) == ("revoked", "withdrawn", "role")
    assert len(events("person.roles_changed")[-2].fields["ended"]) == 2


@pytest.mark.django_db
def test_a_book_goes_to_whoever_takes_over(people, tenant):
    admin, leaver = people("admin"), people("success")
    rights.give(leaver, tenant)
    heir = people_actions.add_person(actor=admin, username="success2", display_name="Second success manager")
    people_actions.set_roles(actor=admin, person=heir, roles=["success"])
    said = off_board(actor=admin, person=leaver, reason=REASON, to=heir)
    assert f"The right “See one tenant: {tenant}” went to Second success manager." in said
    deliver_outbox()
    assert Notice.objects.filter(person=heir, outbox__kind="rights_passed_on").count() == 1
    with pytest.raises(Conflict):
        people_actions.set_roles(actor=admin, person=leaver, roles=["success"])
    assert heir.has_perm("tenants.view_tenant", tenant)
    assert not people("success").has_perm("tenants.view_tenant", tenant)


@pytest.mark.django_db
def test_proposals_of_somebody_who_leaves_are_withdrawn_and_can_be_proposed_anew(monkeypatch, people):
    from audit.actions import activate_policy, propose_policy
    from audit.models import PolicyVersion
    from audit.policies import active_policy
    from opsconsole.lib.bundle import Bundle

    admin = people("admin")
    second = people_actions.add_person(actor=admin, username="admin2", display_name="Second administrator")
    people_actions.set_roles(actor=admin, person=second, roles=["admin"])
    files = dict(active_policy().bundle.files)
    monkeypatch.delenv("PRODUCT_DATABASE_URL")  # the check would read the product for every query
    bundle = Bundle(files | {"roles.toml": f"{files['roles.toml']}\n# another version\n"})
    version = propose_policy(actor=second, bundle=bundle).version
    assert any("proposal" in said for said in off_board(actor=admin, person=second, reason=REASON))
    with pytest.raises(Conflict):
        activate_policy(actor=people("compliance"), version=version)
    assert propose_policy(actor=admin, bundle=bundle).state == PolicyVersion.State.PROPOSED


@pytest.mark.django_db
def test_lines_of_a_review_that_wait_for_somebody_who_leaves_wait_for_others(people, events):
    from grants.campaigns.actions import open_review
    from grants.models import CampaignItem

    admin, reviewer = people("admin"), people("compliance")
    open_review(actor=reviewer, about="everything")
    waiting = CampaignItem.objects.filter(reviewer=reviewer).exclude(person=admin)
    assert waiting.exists()
    off_board(actor=admin, person=reviewer, reason=REASON)
    assert not waiting.exists()
    assert "who leaves, wait for Administrator" in events("access_review.passed_on")[-1].sentence


@pytest.mark.django_db
def test_a_link_to_a_ledger_does_not_outlive_who_made_it(people, tenant):
    from grants.consent.actions.linking import make_ledger_link

    admin = people("admin")
    second = people_actions.add_person(actor=admin, username="admin2", display_name="Second administrator")
    people_actions.set_roles(actor=admin, person=second, roles=["admin"])
    token = make_ledger_link(actor=second, tenant=tenant, reason="Their security officer asked.").token
    assert Client().get(f"/c/{token}/").status_code == 200
    said = off_board(actor=admin, person=second, reason=REASON)
    assert any(f"ledger of {tenant} that they made ended" in one for one in said)
    assert Client().get(f"/c/{token}/").status_code == 404


@pytest.mark.django_db
def test_nothing_begins_on_the_word_of_an_approver_who_left(people, browse_as, tenant):
    request = desk.asked(browse_as("agent"), tenant, scopes=["session.view"], minutes="30")
    assert desk.approve(browse_as("approver"), request).status_code == 302
    off_board(actor=people("admin"), person=people("approver"), reason=REASON)
    request.refresh_from_db()
    refused = desk.approve(browse_as("approver2"), request)
    assert (refused.status_code, request.grants.exists()) == (409, False)
    assert "may no longer decide" in words_of(refused)


def call(data, key="leaver-1", *, at=None, secret=SECRET):
    """Send a signed call of the directory."""
    body, at = json.dumps(data).encode(), int(at or time.time())
    mark = hmac.new(secret, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
    signed = {
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{b64encode(mark).decode()}",
    }
    return Client().post("/hooks/people/", body, content_type="application/json", headers=signed)


@pytest.mark.django_db
def test_the_company_s_directory_off_boards_by_a_signed_call_once(busy, settings, people, events):
    agent = busy[0]
    settings.PEOPLE_SECRETS = []
    left = {"event": "left", "person": "agent@opsdesk.example", "reason": REASON}
    assert call(left).status_code == 404
    settings.PEOPLE_SECRETS = [SECRET]
    assert call(left, secret=b"some other secret of enough length").status_code == 401
    assert call(left, at=time.time() - 900).status_code == 401
    assert people("agent").is_active
    first = call(left)
    assert (first.status_code, first.json()["state"]) == (200, "off-boarded")
    assert call(left).json() == first.json()
    assert call(left | {"person": "agent2"}).status_code == 409
    assert call(left, "leaver-2").json()["state"] == "off-boarded already"
    assert len(events("person.off_boarded")) == 1
    assert events("person.off_boarded")[0].actor_label == "The company's directory"
    assert agent.get("/").status_code == 302
    assert call({"event": "left", "person": "nobody"}, "leaver-3").status_code == 404
    assert call({"event": "hired", "person": "agent2"}, "leaver-4").status_code == 422
    last = call({"event": "left", "person": "admin"}, "leaver-5")
    assert (last.status_code, last.json()["error"]) == (409, "last_administrator")
    assert people("admin").is_active
    assert people("admin").has_perm("console.manage_people")


@pytest.mark.django_db
def test_an_address_of_somebody_else_shields_nobody_from_the_directory(settings, people):
    settings.PEOPLE_SECRETS = [SECRET]
    admin, shield = people("admin"), {"username": "shield", "display_name": "Shield"}
    first = people_actions.add_person(actor=admin, email="agent@opsdesk.example", **shield)
    ambiguous = call({"event": "left", "person": "agent@opsdesk.example"})
    assert ambiguous.status_code == 404, "two who are here share it"
    off_board(actor=admin, person=first, reason=REASON)
    assert call({"event": "left", "person": "agent@opsdesk.example"}, "leaver-2").status_code == 200
    assert not people("agent").is_active
