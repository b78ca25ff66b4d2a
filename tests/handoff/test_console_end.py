"""The console's end: handle, code, token, each once, each bound to what it was made for; and what the product may ask and tell."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from impersonation.product import tokens
from tests.conftest import signed_in
from tests.handoff.product import (
    CHALLENGE,
    CLIENT,
    ISSUER,
    NONCE,
    STATE,
    VERIFIER,
    Product,
    query_of,
)


def handle_of(agent: Client, session: Any) -> str:
    return query_of(agent.get(f"/sessions/{session.pk}/open/"))["login_hint"]


def code_of(agent: Client, session: Any, product: Product) -> str:
    return query_of(agent.get("/oauth/authorize", product.asked(handle_of(agent, session))))["code"]


def exchange(product: Product, code: str, **changes: str) -> Any:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": f"{product.url}/support-session/callback/",
    }
    return product.call(Client(), "/oauth/token", **{**fields, **changes})


def claims_in(answer: Any) -> dict[str, Any]:
    known = tokens.public_keys(Client().get("/.well-known/jwks.json").json())
    expected = tokens.Expected(tokens.SESSION, ISSUER, CLIENT, time.time())
    return tokens.opened_session(answer.json()["access_token"], known, expected, NONCE)


def test_the_way_into_the_product(
    agent: Client, session: Any, product: Product, events: Any, tenant: Any
) -> None:
    opening = agent.get(f"/sessions/{session.pk}/open/")
    asked = query_of(opening)
    assert opening["Location"].startswith(f"{product.url}/support-session/start/?")
    assert (asked["iss"], asked["target_link_uri"]) == (ISSUER, f"{product.url}/")
    back = agent.get("/oauth/authorize", product.asked(asked["login_hint"]))
    assert back["Location"].startswith(f"{product.url}/support-session/callback/?")
    given = query_of(back)
    assert (given["state"], given["iss"]) == (STATE, ISSUER)
    answer = exchange(product, given["code"])
    assert answer.status_code == 200, answer.content
    claims = claims_in(answer)
    assert (claims["sub"], claims["org"]) == (session.subject_id, tenant.external_id)
    assert (claims["act"], claims["sid"]) == (
        {"sub": str(session.agent_id), "name": "Support agent"},
        str(session.pk),
    )
    assert (claims["mode"], claims["ticket"], claims["approver"]) == ("act", "HD-48192", "Support lead")
    assert claims["scope"].split() == sorted(session.scopes)
    assert "Act in the product as one of the customer's users" in claims["may"]
    assert abs(claims["session_exp"] - session.ends_at.timestamp()) < 1
    assert session.grant.request.reason not in answer.content.decode()
    assert answer.json()["token_type"] == "N_A"
    assert "no-store" in answer["Cache-Control"]
    session.refresh_from_db()
    assert session.opened_at is not None
    assert [event.session_id for event in events("session.entered")] == [session.pk]
    for address in (opening["Location"], back["Location"]):
        assert "eyJ" not in address  # no token ever stands in an address


def test_a_request_for_a_code_is_held_to_every_word(agent: Client, session: Any, product: Product) -> None:
    """What does not fit is answered here with a page, and never sent on to an address that somebody typed."""
    callback = f"{product.url}/support-session/callback/"
    wrong = [
        {"redirect_uri": callback.rstrip("/")},
        {"redirect_uri": f"{callback}../evil"},
        {"redirect_uri": f"{callback}?next=//evil.example"},
        {"redirect_uri": "https://evil.example/support-session/callback/"},
        {"client_id": "another"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"code_challenge": ""},
        {"state": ""},
        {"nonce": ""},
        {"login_hint": ""},
    ]
    handle = handle_of(agent, session)
    for change in wrong:
        answer = agent.get("/oauth/authorize", product.asked(handle, **change))
        assert (answer.status_code, answer.headers.get("Location")) == (403, None), change
    assert (
        agent.get("/oauth/authorize", product.asked(handle)).status_code == 302
    )  # none of it used the handle up


def test_a_handle_is_good_once_in_the_browser_it_was_made_for(
    agent: Client, session: Any, product: Product, people: Any, events: Any
) -> None:
    from impersonation.models import Handle
    from impersonation.oauth.digests import digest
    from opsconsole.lib.clock import database_now

    handle = handle_of(agent, session)
    assert agent.get("/oauth/authorize", product.asked(handle)).status_code == 302
    assert agent.get("/oauth/authorize", product.asked(handle)).status_code == 403
    for thief in (signed_in(people("agent")), signed_in(people("agent2"))):
        stolen = handle_of(agent, session)
        assert thief.get("/oauth/authorize", product.asked(stolen)).status_code == 403
        assert agent.get("/oauth/authorize", product.asked(stolen)).status_code == 403  # used up by the thief
    now = database_now()
    Handle.objects.create(
        digest=digest("late-" * 5),
        session=session,
        browser=digest(agent.session.session_key or ""),
        made_at=now - timedelta(seconds=31),
        expires_at=now - timedelta(seconds=1),
    )
    assert agent.get("/oauth/authorize", product.asked("late-" * 5)).status_code == 403
    assert signed_in(people("agent2")).get(f"/sessions/{session.pk}/open/").status_code == 404
    assert Client().get(f"/sessions/{session.pk}/open/").status_code == 302
    assert agent.post(f"/sessions/{session.pk}/open/").status_code == 405
    assert {event.outcome_code for event in events("request.refused")} == {"used", "browser", "late"}


def test_a_code_is_exchanged_once_and_only_as_it_was_asked_for(
    agent: Client, session: Any, product: Product
) -> None:
    from impersonation.models import Code, Handle
    from impersonation.oauth.digests import digest
    from opsconsole.lib.clock import database_now

    for change in (
        {"code_verifier": "w" * 50},
        {"code_verifier": ""},
        {"redirect_uri": f"{product.url}/elsewhere/"},
    ):
        code = code_of(agent, session, product)
        answer = exchange(product, code, **change)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), change
    assert exchange(product, "made-up").json()["error"] == "invalid_grant"
    assert exchange(product, "x", grant_type="refresh_token").json()["error"] == "invalid_request"
    assert not Code.objects.exclude(token_id=None).exists()
    handle_of(agent, session)
    now, made = database_now(), Handle.objects.get(code=None)
    Code.objects.create(
        digest=digest("late"), handle=made, session=session, client_id=CLIENT, challenge=CHALLENGE, nonce=NONCE,
        redirect_uri=f"{product.url}/support-session/callback/",
        made_at=now - timedelta(seconds=61), expires_at=now - timedelta(seconds=1),
    )  # fmt: skip
    assert exchange(product, "late").json()["error_description"] == "This code was good for a minute."
    session.refresh_from_db()
    assert (session.opened_at, session.ended_at) == (None, None)


def test_a_code_that_comes_back_ends_the_session_it_opened(
    agent: Client, session: Any, product: Product, events: Any
) -> None:
    code = code_of(agent, session, product)
    assert exchange(product, code).status_code == 200
    again = exchange(product, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    session.refresh_from_db()
    assert session.cause == "code_reused"
    alarm = events("session.code_reused")
    assert len(alarm) == len(events("session.ended")) == 1
    assert exchange(product, code).status_code == 400
    assert len(events("session.ended")) == 1
    assert agent.get(f"/sessions/{session.pk}/open/").status_code == 403


def test_only_the_product_itself_is_believed_and_each_call_once(
    session: Any, product: Product, tmp_path: Any, events: Any
) -> None:
    from impersonation.oauth import views
    from impersonation.product import keys

    views.wrong_calls = type(views.wrong_calls)(size=100)
    views.wrong_calls._left = 100.0
    now = int(time.time())
    stranger = keys.make_keys(tmp_path / "stranger")[0]
    wrong = {
        "another audience": product.proof(aud="https://elsewhere.example"),
        "another issuer": product.proof(iss="another"),
        "another subject": product.proof(sub="another"),
        "another type": product.proof(tokens.EVENTS),
        "no id": product.proof(jti=None),
        "from the future": product.proof(iat=now + 40, exp=now + 90),
        "too old": product.proof(iat=now - 100, exp=now - 35),
        "too long": product.proof(exp=now + 600),
        "a key nobody knows": product.proof(key=stranger),
        "a key under a known name": product.proof(
            key=keys.Key(product.keys[0].kid, stranger.private, stranger.path)
        ),
        "nothing": "x",
    }
    for name, proof in wrong.items():
        answer = product.call(Client(), "/oauth/introspect", proof=proof, token=str(uuid.uuid4()))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name
    for skew in (-29, 29):  # either clock half a minute off
        proof = product.proof(iat=now + skew, exp=now + skew + 60)
        assert product.call(Client(), "/oauth/introspect", proof=proof, token="x").json() == {"active": False}
    once = product.proof()
    assert product.call(Client(), "/oauth/introspect", proof=once, token="x").status_code == 200
    assert product.call(Client(), "/oauth/introspect", proof=once, token="x").status_code == 401
    assert Client().post("/oauth/introspect", {"token": "x"}).status_code == 401
    assert {event.outcome for event in events("request.refused")} == {"refused"}


def test_introspection_says_what_a_session_is_worth_now(
    agent: Client, session: Any, product: Product, people: Any, django_assert_num_queries: Any
) -> None:
    from audit.context import surface
    from impersonation.actions import end_session
    from impersonation.models import SessionTrace
    from impersonation.queries import state_of

    jti = claims_in(exchange(product, code_of(agent, session, product)))["jti"]
    SessionTrace.objects.filter(pk=session.pk).update(human_at=session.started_at - timedelta(minutes=9))
    answer = product.call(Client(), "/oauth/introspect", token=jti, human_ago="3", area="Invoices").json()
    assert (answer["active"], answer["sid"], answer["sub"]) == (True, str(session.pk), session.subject_id)
    trace = SessionTrace.objects.get(pk=session.pk)
    assert (trace.last_path, trace.human_at > session.started_at - timedelta(minutes=1)) == ("Invoices", True)
    for token in (str(uuid.uuid4()), str(session.pk), "", "x" * 400):
        assert product.call(Client(), "/oauth/introspect", token=token).json() == {"active": False}
    with surface("web"):
        state_of(session.pk)  # the policy is read once a request
        with django_assert_num_queries(1):
            state_of(session.pk)
    end_session(actor=people("agent"), session_id=session.pk)
    assert product.call(Client(), "/oauth/introspect", token=jti).json() == {"active": False}


def test_the_end_is_told_to_the_product_at_once_and_again_until_it_is_taken(
    agent: Client, session: Any, product: Product, people: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from impersonation import hooks
    from impersonation.actions import end_session
    from impersonation.models import ProductNews
    from impersonation.oauth.actions import send_news

    def heard() -> list[tuple[str, str, str]]:
        known = tokens.public_keys(Client().get("/.well-known/jwks.json").json())
        expected = tokens.Expected(tokens.NEWS, ISSUER, CLIENT, time.time())
        said = [tokens.opened(body, known, expected) for body in product.heard]
        return [(each["sid"], each["news"], each["cause"]) for each in said]

    exchange(product, code_of(agent, session, product))
    for hear in hooks.changed:
        hear(session.pk)
    product.status = 503
    with django_capture_on_commit_callbacks(execute=True):
        end_session(actor=people("agent"), session_id=session.pk)
    waiting = ProductNews.objects.get(sent_at=None)
    assert waiting.error == "it answered 503"
    product.status = 200
    ProductNews.objects.filter(pk=waiting.pk).update(next_try_at=session.started_at)
    assert (send_news(), send_news()) == (1, 0)
    sid = str(session.pk)
    ended = (sid, "ended", "the agent ended it")
    assert heard() == [(sid, "changed", ""), ended, ended]


def test_reports_become_events_once_and_a_gap_is_told(
    agent: Client, session: Any, product: Product, events: Any
) -> None:
    from audit.models import Event

    def report(seq: int, kind: str, **facts: Any) -> dict[str, Any]:
        return {
            "sid": str(session.pk),
            "seq": seq,
            "at": "2026-11-21T10:00:00+00:00",
            "kind": kind,
            "facts": facts,
        }

    exchange(product, code_of(agent, session, product))
    first = [
        report(1, "opened", mode="act"),
        report(2, "area", area="Invoices"),
        report(3, "blocked", method="POST", path="/billing/", rule="always blocked: billing", scope=""),
    ]
    answer = product.report(Client(), *first, {**report(1, "area"), "sid": str(uuid.uuid4())}, {"sid": "x"})
    assert answer.json() == {
        "sessions": {str(session.pk): {"highest": 3, "missing": []}},
        "unknown": 1,
        "unreadable": 1,
    }
    product.report(Client(), *first)  # again: nothing new
    assert (len(events("product.area_entered")), len(events("product.try_blocked"))) == (1, 1)
    changed = {
        "what": "invoice e-mail",
        "old": "old@northwind-paper.example",
        "new": "new@northwind-paper.example",
    }
    gap = product.report(
        Client(), report(6, "change", **changed), report(7, "change", what="theme", old="dark", new="light")
    )
    assert gap.json()["sessions"][str(session.pk)]["missing"] == [4, 5]
    assert [event.fields["numbers"] for event in events("product.reports_missing")] == ["4 to 5"]
    personal, safe = events("product.changed")
    assert (personal.changes, set(personal.commitments)) == ([], {"old", "new"})
    assert "northwind-paper" not in str(personal.fields) + personal.sentence
    assert safe.changes == [{"field": "theme", "old": "dark", "new": "light"}]
    filled = product.report(
        Client(), report(5, "sensitive", what="/users/", area="Users"), report(4, "area", area="Users")
    )
    assert filled.json()["sessions"][str(session.pk)] == {"highest": 7, "missing": []}
    written = Event.objects.filter(type__startswith="product.")
    assert {(event.surface, event.actor_kind, event.session_id) for event in written} == {
        ("product", "person", session.pk),
        ("product", "product", session.pk),
    }
    product.report(Client(), report(8, "ended", cause="agent", shown=4, unshown={"failed": 1}))
    session.refresh_from_db()
    assert (session.cause, len(events("session.ended")), len(events("product.session_left"))) == (
        "left",
        1,
        1,
    )
    assert product.report(Client(), report(4_000, "area")).json()["sessions"][str(session.pk)]["highest"] == 8


def test_a_user_who_is_switched_off_in_the_product_ends_the_session_here(
    agent: Client, session: Any, product: Product, events: Any
) -> None:
    exchange(product, code_of(agent, session, product))
    over = {"sid": str(session.pk), "seq": 1, "at": "2026-11-21T10:00:00+00:00", "kind": "ended"}
    product.report(Client(), {**over, "facts": {"cause": "subject deactivated"}})
    session.refresh_from_db()
    assert (session.cause, len(events("session.ended"))) == ("subject", 1)


@pytest.mark.parametrize("body", ["x", "a.b.c"])
def test_a_batch_that_is_not_signed_is_not_taken(db: None, product: Product, body: str) -> None:
    answer = Client().post("/oauth/events", body, content_type="application/jwt")
    assert answer.status_code == 401
    assert Client().post("/oauth/events", {"events": "[]"}).status_code == 400
