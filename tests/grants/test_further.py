"""Questions and answers, more time, hand-over, the end of a case, leaving: through HTTP."""

from datetime import timedelta

import psycopg
import pytest

from grants import actions
from grants.models import Approval, Closeout, Grant
from tests.grants import desk

MORE = "The customer sent a second file; it stops at row 12 and I want to compare the two."


def say(client, request, verb, text="Which file?"):
    return desk.post(client, f"/requests/{request.pk}/{verb}/", comment=text)


def test_a_question_sends_it_back_and_the_answer_voids_earlier_approvals(db, browse_as, tenant, events):
    agent, one, two = browse_as("agent"), browse_as("approver"), browse_as("approver2")
    request = desk.asked(agent, tenant, scopes=["session.view", "people.read"], minutes="30")
    first = request.digest
    assert desk.approve(one, request, scopes=["session.view"], minutes="10").status_code == 302
    assert say(two, request, "ask-back", "  ").status_code == 422
    assert say(agent, request, "ask-back").status_code == 403
    assert say(two, request, "ask-back").status_code == 302
    request.refresh_from_db()
    assert request.status == "asked_back"
    assert desk.approve(two, request).status_code == 409
    assert say(one, request, "deny", "No.").status_code == 409
    assert "Which file?" in agent.get(f"/requests/{request.pk}/").content.decode()
    assert say(one, request, "answer").status_code == 403
    assert say(browse_as("agent2"), request, "answer").status_code == 404
    assert say(agent, request, "answer", " ").status_code == 422
    assert say(agent, request, "answer", "The file of Monday.").status_code == 302
    assert say(agent, request, "answer", "Again.").status_code == 409
    request.refresh_from_db()
    assert (request.status, request.round) == ("pending", 2)
    assert request.digest != first
    assert desk.approve(one, request, digest=first).status_code == 409
    assert desk.approve(one, request, minutes="20").status_code == 302
    assert not Grant.objects.exists()
    request.refresh_from_db()
    assert desk.approve(two, request, minutes="20").status_code == 302
    grant = request.grants.get()
    assert {row.scope for row in grant.scopes.all()} == {"session.view", "people.read"}
    assert grant.expires_at - grant.starts_at == timedelta(minutes=20)
    assert Approval.objects.count() == 3
    assert [event.type for event in events("request.asked_back", "request.answered")] == [
        "request.asked_back",
        "request.answered",
    ]


def test_a_request_that_was_sent_back_can_be_taken_back(db, browse_as, tenant):
    agent = browse_as("agent")
    request = desk.asked(agent, tenant)
    say(browse_as("approver"), request, "ask-back")
    assert say(agent, request, "withdraw", "").status_code == 302


def extend(client, grant, **fields):
    return desk.post(client, f"/grants/{grant.pk}/extend/", **({"minutes": "20", "reason": MORE} | fields))


def test_more_time_is_a_request_of_its_own_on_the_same_grant(db, browse_as, people, tenant, events):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    answer = extend(agent, grant)
    assert answer.status_code == 302
    further = grant.extensions.get()
    assert (further.status, further.minutes) == ("pending", 20)
    assert extend(agent, grant).status_code == 409
    assert desk.approve(agent, further).status_code == 403
    assert desk.approve(lead, further, minutes="21").status_code == 422
    assert desk.approve(lead, further, minutes="15").status_code == 302
    end = grant.expires_at
    grant.refresh_from_db()
    assert grant.expires_at == end + timedelta(minutes=15)
    assert Grant.objects.count() == 1
    assert {row.until for row in grant.scopes.all()} == {grant.expires_at}
    event = events("request.approved")[-1]
    assert (event.request_id, event.grant_id) == (further.pk, grant.pk)


def test_more_time_is_capped_reasoned_and_for_the_holder_of_live_access(db, browse_as, tenant):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    for fields, says in [
        ({"minutes": "211"}, "210 more minutes"),
        ({"minutes": "0"}, "210 more minutes"),
        ({"minutes": "soon"}, "whole number"),
        ({"reason": "need access"}, "too short"),
        ({"reason": desk.REASON}, "since the first request"),
    ]:
        refused = extend(agent, grant, **fields)
        assert refused.status_code == 422, fields
        assert says in refused.content.decode(), fields
    assert extend(lead, grant).status_code == 403
    assert extend(browse_as("agent2"), grant).status_code == 404
    for number in (1, 2):
        assert extend(agent, grant, reason=f"{MORE} {number}").status_code == 302
        assert desk.approve(lead, grant.extensions.latest("asked_at")).status_code == 302
    assert extend(agent, grant).status_code == 422
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    assert extend(agent, grant).status_code == 409


def test_more_time_that_is_approved_too_late_gives_nothing(committed, browse_as, people, tenant, shift):
    agent, lead = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, lead, tenant)
    extend(agent, grant)
    shift(grant, -1801)
    answer = desk.approve(lead, grant.extensions.get())
    assert answer.status_code == 409
    assert "ended before" in answer.content.decode()
    assert not people("agent").has_perm("tenants.imports.read", tenant)


def hand(client, grant, person="agent2"):
    return desk.post(client, f"/grants/{grant.pk}/hand-over/", person=person, comment="My shift ends.")


def test_what_is_left_goes_to_a_colleague_under_their_own_name(db, browse_as, people, tenant, events):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    assert hand(agent, grant).status_code == 302
    grant.refresh_from_db()
    taken = Grant.objects.get(handed_over_from=grant)
    assert (grant.status, grant.end_cause) == ("ended", "handed_over")
    assert (taken.person.username, taken.expires_at, taken.case_id) == (
        "agent2",
        grant.expires_at,
        grant.case_id,
    )
    assert not people("agent").has_perm("tenants.imports.read", tenant)
    assert people("agent2").has_perm("tenants.imports.read", tenant)
    assert browse_as("agent2").get(f"/cases/{grant.case_id}/").status_code == 200
    assert browse_as("agent2").get(f"/grants/{taken.pk}/").status_code == 200
    assert events("grant.handed_over")[0].subject_label == people("agent2").display_name
    assert hand(agent, grant).status_code == 409


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ("agent", "Name a colleague"),
        ("approver", "decided on this request"),
        ("success", "Their role"),
        ("outsider", "do not work with this tenant"),
        ("nobody-like-this", "Nobody has this sign-in name"),
        ("", "required"),
    ],
)
def test_access_is_not_handed_to_everybody(db, browse_as, people, tenant, person, says):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    answer = hand(agent, grant, person)
    assert answer.status_code == 422
    assert says in answer.content.decode() or person == "success"
    assert hand(browse_as("approver"), grant).status_code == 403
    assert people("agent").has_perm("tenants.imports.read", tenant)


def test_a_case_closes_when_nothing_lives_or_waits(db, browse_as, tenant, events):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    path = f"/cases/{grant.case_id}/close/"
    typed = {"resolved": "yes", "summary": "The file had two header rows.", "product_problem": "false"}
    assert desk.post(agent, path, **typed).status_code == 409
    waiting = desk.ask(agent, grant.case_id, scopes=["people.read"])
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    assert desk.post(agent, path, **typed).status_code == 409
    desk.post(agent, f"/requests/{desk.id_in(waiting)}/withdraw/")
    assert desk.post(agent, path, **(typed | {"summary": " "})).status_code == 422
    assert desk.post(agent, path, **(typed | {"resolved": "maybe"})).status_code == 422
    assert desk.post(browse_as("agent2"), path, **typed).status_code == 404
    assert desk.post(agent, path, **typed).status_code == 302
    assert desk.post(agent, path, **typed).status_code == 409
    closeout = Closeout.objects.get()
    assert (closeout.resolved, closeout.product_problem, closeout.grants_ended) == (True, False, 1)
    assert events("case.closed")[0].sentence.endswith(": resolved")
    assert desk.ask(agent, grant.case_id).status_code == 409
    assert "two header rows" in agent.get(f"/cases/{grant.case_id}/").content.decode()


def test_a_person_who_is_off_boarded_loses_every_grant_with_an_event_each(
    db, browse_as, people, tenant, other_tenant, events
):
    agent, lead = browse_as("agent"), browse_as("approver")
    for number, where in enumerate((tenant, other_tenant)):
        desk.granted(agent, lead, where, f"HD-{number}")
    said = actions.end_all_of(actor=people("admin"), person=people("agent"), reason="Left the company.")
    assert len(said) == 2
    assert set(Grant.objects.values_list("end_cause", flat=True)) == {"off_boarded"}
    assert len(events("grant.ended")) == 2
    assert actions.end_all_of(actor=people("admin"), person=people("agent"), reason="Again.") == []


def test_postgresql_refuses_longer_windows_hand_overs_and_closing_by_hand(
    committed, browse_as, tenant, people, as_owner
):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    handed = f"""INSERT INTO grants_grant (id, case_id, request_id, tenant_id, person_id, digest, status, starts_at, expires_at,
        end_cause, handed_over_from_id) SELECT gen_random_uuid(), case_id, request_id, tenant_id, '{people("agent2").pk}', digest,
        'live', clock_timestamp(), expires_at, '', id FROM grants_grant WHERE id = '{grant.pk}'"""
    for statement, says in [
        (
            f"UPDATE grants_grant SET expires_at = expires_at + interval '1 minute' WHERE id = '{grant.pk}'",
            "never longer",
        ),
        (
            f"UPDATE grants_grant SET expires_at = expires_at - interval '1 minute' WHERE id = '{grant.pk}'",
            "only a grant that lives",
        ),
        (
            f"UPDATE grants_case SET status = 'closed', closed_at = now() WHERE id = '{grant.case_id}'",
            "with a closeout",
        ),
        (handed, "passes on what is left"),
        ("UPDATE grants_accessrequest SET extends_id = NULL, round = 9 WHERE true", "never changes"),
    ]:
        with pytest.raises(psycopg.Error, match=says):
            as_owner(statement)
