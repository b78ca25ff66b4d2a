"""A product that means harm, or was taken over: it may refuse and lie, and must not hold up the console or break it."""

import base64
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from impersonation.oauth.reports import MOST_CAUSES
from impersonation.product import remote, tokens
from tests.handoff.product import Product
from tests.handoff.test_actions import LOOK, OLD, path
from tests.handoff.test_console_end import code_of, exchange

AT = "2026-11-21T10:00:00+00:00"
NASTY = "a\x00b\ud800c\u202ed"


@contextmanager
def dripping(first: bytes) -> Iterator[str]:
    """Serve somebody who says `first` and then one byte now and then, for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        caller, _ = listening.accept()
        with caller:
            caller.recv(65_536)
            caller.sendall(first)
            try:
                while True:
                    time.sleep(0.05)
                    caller.sendall(b" ")
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"]
)
def test_one_byte_now_and_then_holds_nobody_up(first: bytes) -> None:
    begun = time.monotonic()
    with dripping(first) as url, pytest.raises(remote.Silent):
        remote.post_token(url, "x", seconds=0.3)
    assert time.monotonic() - begun < 5


def test_strangers_who_make_up_key_ids_do_not_make_us_ask_each_time() -> None:
    asked: list[str] = []
    now = [0.0]

    def silent(url: str, **_: Any) -> None:
        asked.append(url)
        raise remote.Silent("nobody")

    known = remote.RemoteKeys(lambda: now[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "get_json", silent)
        for moment in (0.0, 0.1, 2.9, 3.1):
            now[0] = moment
            with pytest.raises(remote.Silent):
                known.of("http://localhost/keys", f"made up {moment}")
    assert len(asked) == 2


@pytest.mark.parametrize(
    "key_set",
    [
        [],
        {"keys": "x"},
        {
            "keys": [
                1,
                None,
                {"kid": "k", "crv": "P-256"},
                {"kid": "k", "crv": "P-256", "kty": "EC", "x": 5, "y": []},
            ]
        },
        {"keys": [{"kid": "k", "crv": "P-256", "kty": [], "x": "AA", "y": "AA"}]},
        {"keys": [{"kid": "k", "crv": "P-256", "kty": "EC", "x": "!" * 43, "y": "A" * 43, "use": []}]},
    ],
)
def test_keys_that_are_none_are_left_out(key_set: Any) -> None:
    assert tokens.public_keys(key_set) == {}


def test_a_token_of_endless_brackets_is_no_token() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 200_000).decode().rstrip("=")
    expected = tokens.Expected("", "", "", 0.0, tokens.LONGEST_BATCH)
    for token in (f"{deep}.e30.x", f"e30.{deep}.x"):
        with pytest.raises(tokens.BadToken):
            tokens.opened(token, {}, expected)
    with pytest.raises(tokens.BadToken):
        tokens.key_id(f"{deep}.e30.x", tokens.LONGEST_BATCH)
    huge = {"iss": "i", "aud": "a", "iat": 10**400, "exp": 10**401}
    with pytest.raises(tokens.BadToken, match="iat"):
        tokens._in_time(huge, time.time())


def report(session: Any, seq: int, kind: str, at: str = AT, **facts: Any) -> dict[str, Any]:
    return {"sid": str(session.pk), "seq": seq, "at": at, "kind": kind, "facts": facts}


def test_reports_that_no_database_takes_break_nothing(
    agent: Client, session: Any, product: Product, events: Any
) -> None:
    from impersonation.models import SessionTrace

    exchange(product, code_of(agent, session, product))
    causes = {f"{NASTY}{number}": number + 1 for number in range(5_000)}
    answer = product.report(
        Client(),
        report(session, 1, "area", area=NASTY),
        report(session, 2, NASTY, what=[NASTY]),
        report(session, 3, "change", what=NASTY, old=NASTY * 1_000, new={"a": 1}),
        report(session, 4, "blocked", at="0001-01-01T00:00:00+14:00", rule=NASTY),
        report(session, 4, "blocked", method=NASTY, path=NASTY, rule=NASTY, scope=NASTY),
        report(session, 5, "ended", cause=NASTY, shown=10**12, unshown=causes),
        report(session, 6, "ended", cause="idle", shown=-1, unshown={"failed": True, "partial": "x"}),
    )
    assert answer.json() == {
        "sessions": {str(session.pk): {"highest": 6, "missing": []}},
        "unknown": 0,
        "unreadable": 1,
    }
    told = events("product.area_entered", "product.try_blocked", "product.session_left")
    assert "a b c d" in told[0].sentence
    assert [len(event.fields["unshown"]) for event in told[2:]] == [MOST_CAUSES, 0]
    trace = SessionTrace.objects.get(pk=session.pk)
    assert (trace.shown, len(trace.unshown) < 2 * MOST_CAUSES, trace.flagged) == (1_000_000, True, False)


def test_a_batch_is_read_no_further_than_it_may_be_long(db: None, product: Product) -> None:
    long = "x" * (tokens.LONGEST_BATCH + 1)
    kind = "application/jwt"
    assert Client().post("/oauth/events", long, content_type=kind).json()["error"] == "invalid_request"
    for length in ("", "5", "nonsense"):
        answer = Client().generic("POST", "/oauth/events", long, content_type=kind, CONTENT_LENGTH=length)
        assert answer.json()["error"] == "invalid_client", length


@pytest.mark.parametrize("outcome", ["ok", ["ok"], NASTY])
def test_answers_that_no_database_takes_leave_one_outcome(
    agent: Client, session: Any, product: Product, outcome: Any
) -> None:
    change = {"name": NASTY, "label": NASTY, "old": NASTY, "new": {"deep": [1]}}
    product.says = {
        "look": {**LOOK, "current": {NASTY: NASTY, "token": f"sk_live_{'4eC39HqLyjWDarjt'}T1zdp7dc"}},
        "run": {"outcome": outcome, "sentence": NASTY, "changes": [change, 5, None] * 50},
    }
    page = agent.get(path(session)).content.decode()
    assert ("a b c d" in page, "sk_live" in page) == (True, False)
    assert agent.post(path(session), {"email": "new@northwind-paper.example"}).status_code == 302
    (row,) = session.runs.all()
    assert row.outcome == ("ok" if outcome == "ok" else "unknown")


def test_a_preview_runs_only_what_it_showed(agent: Client, session: Any, product: Product) -> None:
    """An agent who looked at one value cannot send another under it, nor in another session or action."""
    from impersonation.running.queries import Seen

    product.says = {"look": LOOK, "run": {"outcome": "ok"}}
    shown = {"email": "new@northwind-paper.example"}
    right = {"run": str(uuid.uuid4()), "session": str(session.pk), "action": "invoice_email.update"}
    wrong: list[dict[str, Any]] = [
        {"typed": {"email": OLD}},
        {"session": str(uuid.uuid4())},
        {"action": "sync.rerun"},
    ]
    for change in wrong:
        seen = Seen(**{**right, "typed": shown, "expect": {}, **change}).signed()
        assert agent.post(path(session), {**shown, "seen": seen}).status_code == 409, change
    assert not session.runs.exists()
    forged = json.dumps({**right, "typed": shown, "expect": {}})
    assert (
        agent.post(path(session), {**shown, "seen": forged}).status_code == 302
    )  # no preview: a run of its own
    assert str(session.runs.get().pk) != right["run"]


def test_a_refusal_of_the_product_leads_to_just_this_for_ten_minutes(agent: Client, session: Any) -> None:
    link = agent.get(f"/sessions/{session.pk}/ask/", {"scope": "invoice.download"})
    assert link.status_code == 302
    form = agent.get(link["Location"]).context["form"]
    assert (form["scopes"].value(), form["minutes"].value()) == (["invoice.download"], "10")
