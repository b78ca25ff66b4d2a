"""The customer's part: who is asked, who is waited for, what beats what, and what PostgreSQL refuses."""

import psycopg
import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from grants.consent.actions.mailing import send_customer_mail
from grants.consent.actions.silence import settle_silence
from grants.consent.rules import ConsentRules, parse_consent
from grants.models import AccessRequest, ConsentAnswer, CustomerLink, CustomerMail, Grant
from opsconsole.lib.bundle import Bundle, Problems
from tests import engines
from tests.grants import customer, desk
from tests.grants.test_races import at_once

SET = {"mode": "must_approve", "reason": "Their contract says so since May."}


@pytest.fixture
def asks_first(db, tenant, people):
    customer.must_agree(tenant, people)
    return tenant


def test_access_waits_for_staff_and_customer_in_either_order(db, browse_as, asks_first, events):
    agent, lead = browse_as("agent"), browse_as("approver")
    first = desk.asked(agent, asks_first, "HD-1")
    assert desk.approve(lead, first).status_code == 302
    assert not Grant.objects.exists()
    assert events("request.approved")[-1].fields["waits_for"] == "the customer"
    assert customer.answer(customer.path_of(first), "approve").status_code == 302
    first.refresh_from_db()
    assert (first.status, first.grants.count()) == ("approved", 1)
    second = desk.asked(agent, asks_first, "HD-2", scopes=["people.read"])
    assert customer.answer(customer.path_of(second), "approve").status_code == 302
    second.refresh_from_db()
    assert (second.status, second.grants.count()) == ("pending", 0)
    assert desk.approve(lead, second).status_code == 302
    given = events("consent.given")
    assert [event.grant_id is not None for event in given] == [True, False]
    assert {(event.actor_kind, event.surface, event.authority) for event in given} == {
        ("product", "web", "none")
    }
    assert second.grants.count() == 1


def test_enough_staff_do_not_stand_in_for_the_customer(db, browse_as, asks_first):
    request = desk.asked(browse_as("agent"), asks_first)
    desk.approve(browse_as("approver"), request)
    queue = browse_as("approver2").get("/requests/").content.decode()
    assert str(request.pk) not in queue
    late = desk.approve(browse_as("approver2"), request)
    assert late.status_code == 409
    assert "waits for the customer" in late.content.decode()
    denied = desk.post(
        browse_as("approver2"), f"/requests/{request.pk}/deny/", comment="Not needed any more."
    )
    assert denied.status_code == 302
    assert customer.answer(customer.path_of(request), "approve").status_code == 409


def test_the_customers_no_beats_every_approval(db, browse_as, asks_first, events):
    request = desk.asked(browse_as("agent"), asks_first)
    desk.approve(browse_as("approver"), request)
    path = customer.path_of(request)
    assert customer.answer(path, "deny").status_code == 422
    assert customer.answer(path, "deny", "We look into it ourselves first.").status_code == 302
    request.refresh_from_db()
    assert request.status == "denied"
    assert "You said no" in Client().get(path).content.decode()
    answer = desk.approve(browse_as("approver2"), request)
    assert (answer.status_code, "The customer did not agree" in answer.content.decode()) == (409, True)
    assert not Grant.objects.exists()
    assert events("consent.refused")[-1].fields["comment"] == "We look into it ourselves first."


def test_an_agreement_is_bound_to_what_was_shown(db, browse_as, asks_first):
    """Narrowing behind an open page is told before it is agreed to. An answer to a question voids an agreement."""
    agent, lead = browse_as("agent"), browse_as("approver")
    both = ["imports.read", "people.read"]
    request = desk.asked(agent, asks_first, scopes=both, minutes="60")
    path, shown = customer.path_of(request), request.digest
    desk.approve(lead, request, scopes=["imports.read"], minutes=20)
    assert customer.answer(path, "approve", digest=shown).status_code == 409
    assert customer.answer(path, "approve").status_code == 409
    request.refresh_from_db()
    assert "people" not in Client().get(path).content.decode().split("They leave alone")[0]
    assert customer.answer(path, "approve", digest=request.digest).status_code == 302
    grant = request.grants.get()
    assert [row.scope for row in grant.scopes.all()] == ["imports.read"]
    assert (grant.expires_at - grant.starts_at).total_seconds() == 20 * 60

    asked = desk.asked(agent, asks_first, "HD-2", scopes=["people.read"])
    before = customer.path_of(asked)
    assert customer.answer(before, "approve").status_code == 302
    desk.post(lead, f"/requests/{asked.pk}/ask-back/", comment="Which person?")
    desk.post(agent, f"/requests/{asked.pk}/answer/", comment="The third one of the list.")
    asked.refresh_from_db()
    assert desk.approve(lead, asked).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "pending"
    assert Client().get(before).status_code == 404
    assert customer.answer(customer.path_of(asked), "approve").status_code == 302
    assert asked.grants.count() == 1


def test_a_customer_who_never_agrees_is_told_kindly_at_asking(db, browse_as, tenant, people):
    customer.must_agree(tenant, people, "never")
    answer = desk.ask(browse_as("agent"), desk.open_case(browse_as("agent"), tenant))
    assert answer.status_code == 422
    assert "has agreed to no access by our staff" in answer.content.decode()
    assert not AccessRequest.objects.exists()


def test_a_stricter_way_set_meanwhile_stops_what_waits(db, browse_as, tenant, people):
    request = desk.asked(browse_as("agent"), tenant)
    customer.must_agree(tenant, people)
    answer = desk.approve(browse_as("approver"), request)
    assert answer.status_code == 409
    assert "takes part in another way" in answer.content.decode()


def test_an_open_ticket_agrees_until_the_customer_says_no(db, browse_as, tenant, people):
    customer.must_agree(tenant, people, "open_ticket")
    first = desk.asked(browse_as("agent"), tenant, "HD-1")
    assert desk.approve(browse_as("approver"), first).status_code == 302
    assert first.grants.count() == 1
    second = desk.asked(browse_as("agent"), tenant, "HD-2", scopes=["people.read"])
    path = customer.path_of(second)
    assert "Your open ticket agrees" in Client().get(path).content.decode()
    assert customer.answer(path, "approve").status_code == 409
    assert customer.answer(path, "deny", "Not now please.").status_code == 302
    assert desk.approve(browse_as("approver"), second).status_code == 409


def test_the_customer_takes_an_agreement_back_until_the_start(db, browse_as, asks_first, people):
    from datetime import timedelta

    from opsconsole.lib.clock import database_now

    later = f"{database_now() + timedelta(hours=3):%Y-%m-%dT%H:%M}"
    request = desk.asked(browse_as("agent"), asks_first, starts_at=later)
    path = customer.path_of(request)
    desk.approve(browse_as("approver"), request)
    assert customer.answer(path, "approve").status_code == 302
    assert request.grants.get().status == "scheduled"
    assert "It starts later" in Client().get(path).content.decode()
    assert customer.answer(path, "approve").status_code == 409
    assert customer.answer(path, "deny", "We changed our mind.").status_code == 302
    grant = request.grants.get()
    assert (grant.status, grant.end_cause) == ("ended", "customer")
    live = desk.asked(browse_as("agent"), asks_first, "HD-2", scopes=["people.read"])
    customer.answer(customer.path_of(live), "approve")
    desk.approve(browse_as("approver"), live)
    assert customer.answer(customer.path_of(live), "deny", "Too late?").status_code == 409


def silent(request, as_owner, minutes=-1):
    as_owner(
        f"""ALTER TABLE grants_consentask DISABLE TRIGGER USER;
            UPDATE grants_consentask SET answer_by = clock_timestamp() + make_interval(mins => {minutes}) WHERE request_id = '{request.pk}';
            ALTER TABLE grants_consentask ENABLE ALWAYS TRIGGER audit_append_only;
            ALTER TABLE grants_consentask ENABLE ALWAYS TRIGGER audit_no_truncate;
            ALTER TABLE grants_consentask ENABLE ALWAYS TRIGGER audit_guard"""
    )


def test_silence_lapses_or_goes_on_as_the_policy_says(
    committed, browse_as, tenant, people, as_owner, monkeypatch, events
):
    from grants.consent import standing
    from grants.consent.actions import asking

    customer.must_agree(tenant, people)
    lapses = desk.asked(browse_as("agent"), tenant, "HD-1", scopes=["people.read"])
    ask = lapses.consent_asks.get()
    assert lapses.pending_until == ask.answer_by < ask.staff_until
    goes_on = ConsentRules(when_silent="go_on", silent_minutes=5)
    for module in (asking, standing):
        monkeypatch.setattr(module, "consent_rules_in_force", lambda: goes_on)
    request = desk.asked(browse_as("agent"), tenant, "HD-2")
    desk.approve(browse_as("approver"), request)
    assert settle_silence() == 0
    silent(request, as_owner)
    assert (settle_silence(), settle_silence()) == (1, 0)
    assert request.grants.count() == 1
    assert [event.grant_id is not None for event in events("consent.unanswered")] == [True]


def test_a_mail_carries_the_link_and_the_name_and_nothing_else(db, browse_as, asks_first):
    request = desk.asked(browse_as("agent"), asks_first)
    assert send_customer_mail() == 1
    sent = mail.outbox[-1]
    path = customer.path_of(request)
    assert (sent.to, sent.body.split()) == (
        [customer.CONTACT],
        [*asks_first.name.split(), f"http://127.0.0.1:8000{path}"],
    )
    assert desk.REASON not in sent.body
    assert send_customer_mail() == 0


def test_a_mail_server_that_is_down_holds_nothing_up(db, browse_as, asks_first, settings):
    desk.asked(browse_as("agent"), asks_first)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert send_customer_mail() == 1
    waiting = CustomerMail.objects.get()
    assert (waiting.attempts, waiting.sent_at, waiting.dead_at) == (1, None, None)
    assert waiting.error.startswith("ConnectionRefusedError")


def test_a_customer_without_a_contact_cannot_be_asked_and_one_who_is_told_hears_at_the_start(
    db, browse_as, tenant, people
):
    from tenants.models import Tenant

    told = desk.granted(browse_as("agent"), browse_as("approver"), tenant, "HD-1")
    link = CustomerLink.objects.get(request=told.request)
    assert "It has begun" in Client().get(customer.path_of(told.request)).content.decode()
    assert link.mail.sent_at is None
    customer.must_agree(tenant, people)
    Tenant.objects.filter(pk=tenant.pk).update(consent_contact="")
    agent = browse_as("agent")
    answer = desk.ask(agent, desk.open_case(agent, tenant, "HD-2"), scopes=["people.read"])
    assert (answer.status_code, "names nobody to ask" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("turn", range(2))
def test_customer_denies_while_the_second_approver_approves(committed, browse_as, tenant, people, turn):
    """Whoever is first counts; a no and a live grant never stand side by side."""
    customer.must_agree(tenant, people)
    scopes = ["session.view"]
    request = desk.asked(browse_as("agent"), tenant, scopes=scopes, minutes="15")
    path = customer.path_of(request)
    assert desk.approve(browse_as("approver"), request).status_code == 302
    assert customer.answer(path, "approve").status_code == 302
    request.refresh_from_db()
    second = browse_as("approver2")
    codes = at_once(
        lambda: desk.approve(second, request), lambda: customer.answer(path, "deny", "We changed our mind.")
    )
    assert sorted(codes) == [302, 409]
    request.refresh_from_db()
    assert (request.status, Grant.objects.count()) == (("approved", 1) if codes[0] == 302 else ("denied", 0))


def test_two_tabs_answer_once(committed, browse_as, tenant, people):
    customer.must_agree(tenant, people)
    request = desk.asked(browse_as("agent"), tenant)
    desk.approve(browse_as("approver"), request)
    path = customer.path_of(request)
    codes = at_once(*[lambda: customer.answer(path, "approve")] * 3)
    assert sorted(codes) == [302, 409, 409]
    assert (Grant.objects.count(), ConsentAnswer.objects.count()) == (1, 1)


def test_postgresql_refuses_what_the_customer_did_not_agree_to(committed, browse_as, tenant, people):
    """Raw SQL of the app's own role, with an event in the transaction."""
    customer.must_agree(tenant, people)
    request = desk.asked(browse_as("agent"), tenant)
    desk.approve(browse_as("approver"), request)
    link = CustomerLink.objects.get(request=request)
    other = desk.asked(browse_as("agent"), tenant, "HD-2", scopes=["people.read"])
    columns = "id, request_id, round, answer, digest, scopes, minutes, comment, link_id, policy_version, at"
    row = f"INSERT INTO grants_consentanswer ({columns}) VALUES "

    def answer(of, kind, by="NULL", digest=""):
        return row + (
            f"(gen_random_uuid(), '{of.pk}', {of.round}, '{kind}', '{digest or of.digest}', '{{imports.read}}', 30, '', {by}, '', now())"
        )

    for statement, word in (
        (
            f"UPDATE grants_accessrequest SET status = 'approved', closed_at = now() WHERE id = '{request.pk}'",
            "has not agreed",
        ),
        (answer(request, "ticket"), "not answered so"),
        (answer(request, "silence"), "not answered so"),
        (answer(other, "agreed", f"'{link.pk}'"), "by a link to this request"),
        (answer(request, "agreed", f"'{link.pk}'", "x"), "something other"),
        ("UPDATE grants_consentask SET mode = 'notify'", "permission denied"),
        ("DELETE FROM grants_consentmode", "permission denied"),
        (
            f"UPDATE grants_customerlink SET expires_at = now() + interval '1 year' WHERE id = '{link.pk}'",
            "only its use",
        ),
        (f"UPDATE grants_customerlink SET request_id = '{other.pk}' WHERE id = '{link.pk}'", "only its use"),
        ("DELETE FROM grants_customerlink", "never removed"),
    ):
        assert word in raw(statement), statement
    assert "needs an event" in raw(
        f"UPDATE grants_customerlink SET revoked_at = now() WHERE id = '{link.pk}'", event=False
    )


def raw(statement, event=True):
    try:
        with psycopg.connect(engines.urls(connection.settings_dict["NAME"]).app) as app:
            app.execute(statement)
            if event:
                app.execute(
                    "INSERT INTO audit_event (id, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome) "
                    "VALUES (gen_random_uuid(), 'test', 1, 'test', 'system', 'test', 'command', 'none', 'ok')"
                )
    except psycopg.Error as error:
        return str(error)
    return ""


def test_only_an_administrator_sets_how_a_customer_takes_part(db, browse_as, tenant, events):
    admin = browse_as("admin")
    path = f"/consent/{tenant.slug}/"
    assert desk.post(admin, f"{path}mode/", mode="must_approve", reason="").status_code == 422
    assert desk.post(admin, f"{path}mode/", mode="sometimes", reason=SET["reason"]).status_code == 422
    assert desk.post(admin, f"{path}mode/", **SET).status_code == 302
    assert desk.post(admin, f"{path}mode/", **SET).status_code == 409
    told = events("consent.mode_set")[-1]
    assert (told.actor_label, told.fields["before"], told.fields["mode"]) == (
        "Administrator",
        "as the policy says",
        "must agree first",
    )
    assert "Must agree first" in admin.get(path).content.decode()
    assert tenant.name in admin.get("/consent/").content.decode()
    assert desk.post(browse_as("approver"), f"{path}mode/", **SET).status_code == 403


def test_the_policy_file_tells_every_mistake_and_the_strictest_way_counts():
    problems = Problems()
    text = 'mode = "ask"\nwhen_silent = "wait"\nsilent_minutes = "60"\nmodes = 1\n[consequence]\nhigh = "never"\n[environment]\ntest = 3\n'
    parse_consent(Bundle({"consent.toml": text}), problems)
    assert [problem.line for problem in sorted(problems.found)] == [1, 2, 3, 4, 6, 8]
    assert parse_consent(Bundle({}), Problems()) == ConsentRules()
    rules = ConsentRules(consequence={"high_risk": "must_approve"}, environment={"test": "notify"})
    assert rules.mode_for("production", ["sensitive", "high_risk"]) == "must_approve"
    assert rules.mode_for("Test", ["high_risk"]) == "notify"
    assert rules.mode_for("test", ["sensitive"], "never") == "never"
