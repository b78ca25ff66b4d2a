"""The helpdesk's signed calls: one case for each ticket, and nothing for anybody without the secret."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from grants.delivery import deliver_outbox
from grants.models import Case, CaseNote, HookCall, Notice
from grants.views import hooks
from tests.grants import desk
from tests.tenants import policies

SECRET, NEXT = b"a secret that the helpdesk and we know", b"the secret that comes after the first"
PATH = "/hooks/helpdesk/"


@pytest.fixture(autouse=True)
def secret(settings, monkeypatch):
    settings.HELPDESK_SECRETS = [SECRET]
    monkeypatch.setattr(hooks, "wrong_calls", hooks.Bucket())


def said(tenant, **more):
    return {"ticket": "HD-70001", "tenant": tenant.slug, "issue": "The import stopped at row 431."} | more


def signed(key, at, body, secret=SECRET):
    """What the helpdesk does, written without the console's code."""
    mark = hmac.new(secret, key.encode() + b"." + str(at).encode() + b"." + body, hashlib.sha256)
    return "v1," + b64encode(mark.digest()).decode()


def call(data, key="msg-1", *, at=None, secret=SECRET, signature="", body=b"", kind="application/json"):
    body = body or json.dumps(data).encode()
    at = int(time.time()) if at is None else at
    return Client(enforce_csrf_checks=True).post(
        PATH,
        body,
        kind,
        headers={
            "webhook-id": key,
            "webhook-timestamp": str(at),
            "webhook-signature": signature or signed(key, at, body, secret),
        },
    )


def test_a_signed_call_opens_a_case_for_a_named_agent_who_is_told(db, tenant, browse_as, events):
    answer = call(
        said(
            tenant,
            owner="Agent",
            failed="The import",
            seen_by="Two users",
            identity="Called back",
            notes="VIP",
        ),
    )
    case = Case.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"case": str(case.pk), "state": "opened"})
    assert (case.owner.username, case.tenant, case.ticket) == ("agent", tenant, "HD-70001")
    event = events("case.received")[0]
    assert (event.actor_kind, event.actor_label, event.surface, event.authority) == (
        "system", "The helpdesk", "api", "none",
    )  # fmt: skip
    assert str(event.case_id) == str(case.pk)
    deliver_outbox()
    notice = Notice.objects.get()
    assert (notice.person.username, notice.path) == ("agent", f"/cases/{case.pk}/")
    page = browse_as("agent").get(notice.path).content.decode()
    for words in ("Two users", "Called back", "VIP", "The helpdesk opened a case on"):
        assert words in page


def test_a_case_without_an_owner_waits_until_one_agent_takes_it(db, tenant, browse_as, events):
    path = f"/cases/{call(said(tenant)).json()['case']}/"
    agent, second = browse_as("agent"), browse_as("agent2")
    assert browse_as("success").get(path).status_code == 403
    for person in (agent, second):
        assert "HD-70001" in person.get("/cases/").content.decode()
        assert "Take this case" in person.get(path).content.decode()
    by_hand = {"ticket": "HD-70001", "tenant": tenant.slug, "issue": "The same.", "notes": ""}
    assert desk.post(second, "/cases/new/", **by_hand).url == path, "one ticket, one case"
    assert desk.ask(agent, path.split("/")[2]).status_code == 409, "somebody answers for every case"
    assert desk.post(agent, f"{path}take/").status_code == 302
    assert desk.ask(agent, path.split("/")[2]).status_code == 302
    assert desk.post(second, f"{path}take/").status_code == 404, "it is somebody's now"
    assert Case.objects.get().owner.username == "agent"
    assert len(events("case.taken")) == 1


def test_the_same_id_gets_the_same_answer_and_no_second_case(db, tenant, events):
    first = call(said(tenant))
    again = call(said(tenant))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    other = call(said(tenant, issue="Something else."))
    assert (other.status_code, other.json()["error"]) == (409, "id_used_twice")
    assert call(said(tenant), "msg-2").json() == {"case": first.json()["case"], "state": "open already"}
    assert (Case.objects.count(), HookCall.objects.count()) == (1, 2)
    assert len(events("case.received")) == 1


def test_without_the_secret_nothing_happens(db, tenant, events):
    body = json.dumps(said(tenant)).encode()
    now = int(time.time())
    right = signed("msg-1", now, body)
    stolen = json.dumps(said(tenant, issue="Another body.")).encode()
    for answer in (
        call({}, at=now, body=stolen, signature=right),
        call({}, "msg-2", at=now, body=body, signature=right),
        call({}, at=now + 1, body=body, signature=right),
        call({}, at=now, body=body, secret=b"some other secret of enough length"),
        call({}, at=now, body=body, signature=right.replace("v1,", "v2,")),
        call({}, at=now, body=body, signature="nothing"),
        call({}, at=now, body=body, signature="ü"),
        call({}, "x" * 201, at=now, body=body),
        call({}, at="1e9", body=body),
        Client().post(PATH, body, "application/json"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "wrong_signature")
    assert not Case.objects.exists()
    assert {event.outcome_code for event in events("request.refused")} == {"wrong_signature"}


def test_a_flood_of_wrong_calls_is_neither_written_down_nor_in_the_way(db, tenant, events):
    for _ in range(30):
        last = call(said(tenant), signature="nothing")
    assert (last.status_code, last["Retry-After"]) == (429, "60")
    assert len(events("request.refused")) == 10
    assert call(said(tenant)).status_code == 201


@pytest.mark.parametrize("seconds", [-301, 302])
def test_a_call_signed_too_long_ago_or_ahead_is_refused(db, tenant, seconds):
    answer = call(said(tenant), at=int(time.time()) + seconds)
    assert (answer.status_code, answer.json()["error"]) == (401, "too_old")
    assert not HookCall.objects.exists()


def test_time_is_the_databases(db, tenant):
    time_machine = pytest.importorskip("time_machine")
    right = int(time.time())
    with time_machine.travel(right + 3600, tick=False):
        assert call(said(tenant), at=right).status_code == 201
        assert call(said(tenant), "msg-2").status_code == 401


def test_a_new_secret_counts_beside_the_old_one_until_that_is_taken_away(db, tenant, settings):
    settings.HELPDESK_SECRETS = [NEXT, SECRET]
    assert call(said(tenant)).status_code == 201
    assert call(said(tenant), "msg-2", secret=NEXT).status_code == 200
    settings.HELPDESK_SECRETS = [NEXT]
    assert call(said(tenant), "msg-3").status_code == 401
    body, now = json.dumps(said(tenant)).encode(), int(time.time())
    both = f"{signed('msg-4', now, body)} {signed('msg-4', now, body, NEXT)}"
    assert call({}, "msg-4", at=now, body=body, signature=both).status_code == 200


def test_without_a_secret_the_page_is_not_there_and_looks_as_for_an_unknown_tenant(db, tenant, settings):
    unknown = call(said(tenant) | {"tenant": "no-such-tenant"})
    settings.HELPDESK_SECRETS = []
    nobody = call(said(tenant))
    assert (unknown.status_code, unknown.content) == (nobody.status_code, nobody.content)
    assert (nobody.status_code, nobody.json()) == (404, {"error": "not_found"})


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"ticket": "48192x"}, {"ticket"}),
        ({"ticket": 48192, "issue": ""}, {"ticket", "issue"}),
        ({"issue": "   "}, {"issue"}),
        ({"issue": "a\x00b"}, {"issue"}),
        ({"issue": "\ud800"}, {"issue"}),
        ({"issue": "x" * 4001}, {"issue"}),
        ({"notes": ["a"]}, {"notes"}),
        ({"owner": "compliance"}, {"owner"}),
        ({"owner": "nobody-of-this-name"}, {"owner"}),
        ({"approver": "agent"}, {"approver"}),
    ],
)
def test_what_cannot_be_used_is_said_field_by_field(db, tenant, change, fields):
    answer = call(said(tenant, **change))
    assert (answer.status_code, set(answer.json()["errors"])) == (422, fields)
    assert call(said(tenant, **change)).json() == answer.json()
    assert not Case.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 60_000, b'"text"', b"null", b"\xff"])
def test_what_is_no_json_object_is_told(db, body):
    answer = call({}, body=body or b" ")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"body"})


def test_only_small_json_posts_are_read(db, tenant):
    assert call({}, body=b" " * 65_537).status_code == 413
    assert call(said(tenant), kind="text/plain").status_code == 415
    assert Client().get(PATH).status_code == 405
    assert not HookCall.objects.exists()


def test_too_many_calls_in_a_minute_wait(db, tenant, monkeypatch):
    monkeypatch.setattr("audit.actions.answering.MOST_A_MINUTE", 2)
    assert [call(said(tenant), f"msg-{n}").status_code for n in range(3)] == [201, 200, 429]
    assert call(said(tenant), "msg-0").status_code == 201, "what was answered keeps its answer"


def test_two_at_once_open_one_case(committed, tenant, events):
    def send(key):
        try:
            return call(said(tenant), key)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, ["msg-1"] * 4 + ["msg-2"] * 4))
    assert {answer.json()["case"] for answer in answers} == {str(Case.objects.get().pk)}
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    for half in (answers[:4], answers[4:]):
        assert len({answer.status_code for answer in half}) == 1, "one id, one answer"
    assert len(events("case.received")) == 1


def test_what_is_known_is_written_down_and_never_overwritten(db, tenant, browse_as, events):
    agent = browse_as("agent")
    path = f"/cases/{desk.open_case(agent, tenant, notes='First thought.')}/"
    assert "Write this down before you ask" in agent.get(path).content.decode()
    assert desk.post(agent, f"{path}notes/", failed="", note="").status_code == 422
    for words in ("The import of Monday", "The import of Tuesday"):
        desk.post(
            agent, f"{path}notes/", failed=words, seen_by="One user", identity="Called back", note="Careful."
        )
    assert CaseNote.objects.filter(kind="failed").count() == 2
    assert CaseNote.objects.count() == 5, "what stands there already is not written twice"
    assert [event.fields["what"] for event in events("case.noted")][1] == ["what failed"]
    page = agent.get(path).content.decode()
    assert "The import of Tuesday" in page
    assert "The import of Monday" not in page
    asked = desk.ask(agent, path.split("/")[2])
    assert "The import of Tuesday" in browse_as("approver").get(asked.url).content.decode()


def in_force(old, new):
    """Put the demo's policy in force with one line of its `access.toml` changed."""
    text = (policies.DEMO / "access.toml").read_text(encoding="utf-8")
    assert old in text
    policies.put_in_force(access=text.replace(old, new))


READ_BY = 'read_by = ["support", "support_lead", "compliance"]'


def test_internal_notes_are_read_by_the_roles_the_policy_names(db, tenant, browse_as):
    agent = browse_as("agent")
    case = desk.open_case(agent, tenant, notes="Only for us.")
    desk.ask(agent, case)
    page = f"/cases/{case}/"
    for name in ("approver", "compliance"):
        assert "Only for us." in browse_as(name).get(page).content.decode()
    in_force(READ_BY, 'read_by = ["support_lead"]')
    for name in ("agent", "approver"):
        assert "Only for us." in browse_as(name).get(page).content.decode()
    hidden = browse_as("compliance").get(page).content.decode()
    assert "Only for us." not in hidden
    assert "Internal notes are read by those who work on this case" in hidden


def test_a_policy_can_insist_on_what_must_be_known_before_access(db, tenant, browse_as):
    agent = browse_as("agent")
    case = desk.open_case(agent, tenant)
    in_force(READ_BY, 'before_access = ["failed", "identity"]')
    answer = desk.ask(agent, case)
    assert answer.status_code == 422
    assert (
        "Write down on the case first: what failed, how the customer&#x27;s identity was confirmed."
        in answer.content.decode()
    )
    desk.post(agent, f"/cases/{case}/notes/", failed="The import", identity="Called back")
    assert desk.ask(agent, case).status_code == 302


def test_the_example_of_the_docs_is_signed_as_the_console_reads_it(db):
    text = (policies.DEMO.parents[1] / "docs" / "notifications.md").read_text(encoding="utf-8")
    example = text.split("```python")[1].split("call = ")[0]
    names = {"SECRET": SECRET}
    exec(example, names)  # noqa: S102 - our own page
    headers = {name: value for name, value in names["headers"].items() if name != "Content-Type"}
    answer = Client().post(PATH, names["body"], "application/json", headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (201, "opened")
