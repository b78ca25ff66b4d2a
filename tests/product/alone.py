"""One browser's way through a product of another kind: run by test_alone.py in a process of its own, under one version of Django."""

import asyncio
import json
import sys
import time
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import AsyncClient, Client, RequestFactory, override_settings  # noqa: E402
from support_session import outgoing, streams, tokens  # noqa: E402
from support_session.asgi import REFUSED, without_sockets  # noqa: E402
from support_session.checks import check_settings  # noqa: E402
from support_session.cookies import is_secure  # noqa: E402
from support_session.models import BoundObject, ProductSession  # noqa: E402
from support_session.sessions import SessionOver, end, end_what_is_over, note, open_session  # noqa: E402


def claims(user: User, sid: str = "s", **others: object) -> dict[str, object]:
    agent, until = {"sub": "a", "name": "Agent"}, time.time() + 600
    told = {"sid": sid, "jti": "j", "sub": str(user.pk), "act": agent, "org": "o", "session_exp": until}
    return told | others


def holding(answer: Any, client: Client) -> Client:
    """Return a browser that took the key of an answer."""
    client.cookies.update(answer.cookies)
    return client


def a_session_opens_once_and_never_again(user: User) -> None:
    response = open_session(claims(user), RequestFactory().get("/"), next_path="//evil.example/")
    assert response["Location"] == "/", response["Location"]
    client = holding(response, Client())
    assert 'id="support-session"' in client.get("/support-session/ended/").content.decode()
    again = open_session(claims(user), RequestFactory().get("/"))
    assert client.get("/nowhere/").status_code == 403, "the key was rotated"
    assert holding(again, client).get("/nowhere/").status_code == 404
    browser = RequestFactory().get("/")
    browser.COOKIES.update({name: morsel.value for name, morsel in again.cookies.items()})
    open_session(claims(user, "t"), browser)
    before, row = ProductSession.objects.get(sid="s"), ProductSession.objects.get(sid="t")
    assert before.cause == "another session", "one browser, one session"
    assert end(row, "agent")
    assert not end(row, "agent")
    assert [each.payload["kind"] for each in before.events.all()] == ["opened", "opened", "ended"]
    try:
        open_session(claims(user), RequestFactory().get("/"))
    except SessionOver:
        pass
    else:
        raise AssertionError("an ended session began again")


def what_comes_in_pieces_is_made_in_the_agents_name(user: User) -> None:
    acting = open_session(claims(user, "u", mode="act", scope="work"), RequestFactory().get("/"))
    client = holding(acting, Client())
    whole: Any = client.get("/pieces/")
    assert b"".join(whole.streaming_content) == b"Agent,Agent,Agent,"
    streams.EVERY = 0.0
    cut: Any = client.get("/pieces/")
    pieces = iter(cut.streaming_content)
    assert next(pieces) == b"Agent,"
    end(ProductSession.objects.get(sid="u"), "grant")
    assert list(pieces) == [], "no stream outlives its session"
    streams.EVERY = 15.0


def a_change_is_undone_as_a_whole(user: User) -> None:
    acting = open_session(claims(user, "v", mode="act", scope="work"), RequestFactory().get("/"))
    client = holding(acting, Client(raise_request_exception=False))
    for path, status in (("/work/file/", 403), ("/work/late/", 403), ("/work/fails/", 500)):
        assert client.post(path).status_code == status, path
        assert User.objects.count() == 1, path
    told = [each.payload["kind"] for each in ProductSession.objects.get(sid="v").events.all()]
    assert told == ["opened", "blocked", "blocked"]


def what_cannot_be_ended_now_is_ended_later(user: User) -> None:
    open_session(claims(user, "w"), RequestFactory().get("/"))
    row = ProductSession.objects.get(sid="w")
    BoundObject.objects.create(session=row, model="no.such", object_id="1")
    fine = BoundObject.objects.create(session=row, model="auth.User", object_id="0")
    assert end(row, "agent")
    fine.refresh_from_db()
    assert fine.ended_at
    assert BoundObject.objects.filter(ended_at=None).count() == 1
    BoundObject.objects.filter(ended_at=None).update(model="auth.User", object_id="0")
    end_what_is_over()
    assert not BoundObject.objects.filter(ended_at=None).exists()


def no_value_is_so_long_that_the_console_takes_no_report(user: User) -> None:
    open_session(claims(user, "y"), RequestFactory().get("/"))
    row = ProductSession.objects.get(sid="y")
    longest = dict.fromkeys(("what", "old", "new"), "\x00" + "\N{PILE OF POO}" * 100_000)
    told = note(row, "change", **longest)
    assert told.payload["old"] == " " + "\N{PILE OF POO}" * 199
    batch = json.dumps({"events": [outgoing._told(told)] * outgoing.BATCH})
    assert len(batch) * 4 / 3 + 1_000 < tokens.LONGEST_BATCH


def a_way_out_that_would_be_closed_does_not_start() -> None:
    with override_settings(SUPPORT_SESSION={"PATH": "/support/session/"}):
        assert [problem.id for problem in check_settings()] == ["support_session.E008"]


async def the_same_holds_under_asgi(key: str) -> None:
    client = AsyncClient()
    client.cookies["support-session"] = key
    page = await client.get("/later/")
    assert (page.status_code, page.content.decode().count('id="support-session"')) == (200, 1)
    assert "customer for Agent" in page.content.decode()
    answer: Any = await client.get("/pieces/later/")
    assert b"".join([each async for each in answer.streaming_content]) == b"Agent,Agent,"
    assert (await client.post("/later/")).status_code == 403
    passed, sent = [], []

    async def application(scope: dict[str, object], *_: object) -> None:
        passed.append(scope["type"])

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    guarded = without_sockets(application)
    for kind, cookie in (
        ("websocket", f"a=b; support-session={key}"),
        ("websocket", "a=b"),
        ("http", f"support-session={key}"),
    ):
        await guarded({"type": kind, "headers": [(b"cookie", cookie.encode())]}, receive, send)
    assert (passed, sent) == (["websocket", "http"], [{"type": "websocket.close", "code": REFUSED}])
    with override_settings(SUPPORT_SESSION={"URL": "https://app.example"}):
        assert is_secure()


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("check", fail_level="ERROR")
    call_command("makemigrations", "support_session", check=True, dry_run=True, verbosity=0)
    user = User.objects.create(username="customer")
    a_session_opens_once_and_never_again(user)
    what_comes_in_pieces_is_made_in_the_agents_name(user)
    a_change_is_undone_as_a_whole(user)
    what_cannot_be_ended_now_is_ended_later(user)
    no_value_is_so_long_that_the_console_takes_no_report(user)
    a_way_out_that_would_be_closed_does_not_start()
    opened = open_session(claims(user, "x"), RequestFactory().get("/"))
    asyncio.run(the_same_holds_under_asgi(opened.cookies["support-session"].value))
    assert User.objects.get().last_login is None
    console = {"opsconsole", "audit", "accounts", "tenants", "grants", "impersonation"}
    assert not console & {name.partition(".")[0] for name in sys.modules}
    sys.stdout.write(f"stands alone under {django.get_version()}")


main()
