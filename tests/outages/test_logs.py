"""Logs are JSON lines, and a request's id stands in its lines and on its events."""

import json
import uuid
from pathlib import Path

from tests.outages.conftest import Rows
from tests.outages.person import SLUG, Person
from tests.processes import Console, wait_until


def lines(log: Path) -> list[dict[str, object]]:
    """Every line of the log that is of the console; the worker's banner is not."""
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def test_a_request_can_be_followed_from_its_event_to_its_log_lines(
    console: Console, log: Path, rows: Rows
) -> None:
    """The console makes the id itself: what a caller sends for one could be the id of somebody else's request."""
    agent = Person(console.url, "agent")
    theirs = str(uuid.uuid4())
    assert agent.get(f"/tenants/{SLUG}/panels/billing/", **{"X-Request-ID": theirs}).status_code == 200
    sql = "SELECT http_request_id AS id, actor_id FROM audit_event WHERE type = 'panel.opened' ORDER BY seq DESC LIMIT 1"
    event = rows(sql)[0]
    assert event["id"] != theirs

    def mine() -> dict[object, dict[str, object]]:
        return {line["event"]: line for line in lines(log) if line.get("request_id") == event["id"]}

    wait_until(lambda: {"request_started", "request_finished"} <= set(mine()))
    finished = mine()["request_finished"]
    assert (finished["user_id"], finished["code"]) == (event["actor_id"], 200)
    assert finished["request"] == f"GET /tenants/{SLUG}/panels/billing/"


def test_every_line_says_when_where_and_how_grave(console: Console, log: Path) -> None:
    agent = Person(console.url, "agent")
    agent.get("/audit/")
    wait_until(lambda: any(line.get("code") == 403 for line in lines(log)))
    for line in lines(log):
        assert {"event", "level", "timestamp", "logger"} <= set(line), line
        assert line.get("request_id") or line["logger"] != "django_structlog.middlewares.request", line


def test_what_was_searched_for_and_who_tried_to_sign_in_stay_out_of_the_log(
    console: Console, log: Path
) -> None:
    agent = Person(console.url, "agent")
    agent.get("/tenants/?q=jane.doe@customer.example")
    agent.get("/audit/?q=somebodys-secret")
    wait_until(lambda: '"GET /tenants/"' in log.read_text(encoding="utf-8"))
    text = log.read_text(encoding="utf-8")
    assert "jane.doe" not in text
    assert "somebodys-secret" not in text
    assert "opsconsole-demo" not in text
