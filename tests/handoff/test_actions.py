"""Approved actions in the console: shown first, previewed, run once, told as the policy allows; the product here is the tests' own."""

import uuid
from typing import Any

import pytest
from django.test import Client

from impersonation.running.rules import parse_actions
from opsconsole.lib.bundle import Bundle, Problems
from tests.grants.policies import put_in_force
from tests.handoff.product import Product

OLD, NEW = "billing@northwind-paper.example", "accounts@northwind-paper.example"
LOOK = {"outcome": "ok", "current": {"Invoices go to": OLD}}
CHANGE = {"name": "invoice_email", "label": "the invoice e-mail", "old": OLD, "new": NEW}
PREVIEW = {**LOOK, "changes": [CHANGE]}
RAN = {"outcome": "ok", "changes": [CHANGE]}


def path(session: Any, action: str = "invoice_email.update") -> str:
    return f"/sessions/{session.pk}/actions/{action}/"


def calls(product: Product, step: str) -> list[dict[str, Any]]:
    """The claims of the calls of one step, each believed as the product would."""
    return [claims for claims in product.actions() if claims["step"] == step]


def seen_in(page: Any) -> str:
    text: str = page.content.decode()
    assert page.status_code == 200, text
    assert 'name="seen" value="' in text
    return text.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


def test_an_action_is_looked_at_previewed_and_run_once(
    agent: Client, session: Any, product: Product, events: Any
) -> None:
    product.says = {"look": LOOK, "preview": PREVIEW, "run": RAN}
    page = agent.get(path(session))
    assert OLD in page.content.decode()
    preview = agent.post(path(session), {"email": NEW, "step": "preview"})
    assert f"Will change the invoice e-mail from {OLD} to {NEW}." in preview.content.decode()
    form = {"email": NEW, "seen": seen_in(preview)}
    for _ in range(2):  # the button pressed twice
        assert agent.post(path(session), form).status_code == 302
    (run,) = calls(product, "run")
    assert (run["expect"], run["fields"]) == ({"invoice_email": OLD}, {"email": NEW})
    assert (run["sid"], run["sub_id"], run["ticket"]) == (str(session.pk), session.subject_id, "HD-48192")
    (row,) = session.runs.all()
    assert (str(row.pk), row.outcome) == (run["key"], "ok")
    assert agent.post(path(session), {**form, "email": "other@northwind-paper.example"}).status_code == 409
    assert (len(events("action.opened")), len(events("action.started"))) == (2, 1)
    (told,) = events("action.finished")
    assert (set(told.commitments), told.outcome) == ({"old", "new"}, "ok")
    assert (
        "the invoice e-mail changed from b***@northwind-paper.example to a***@northwind-paper.example"
        in told.sentence
    )
    assert OLD not in told.sentence + str(told.fields) + str(told.changes)


def test_an_action_stands_on_its_scope_and_a_live_session(
    agent: Client, session: Any, product: Product, browse_as: Any, events: Any
) -> None:
    from impersonation.actions import end_session

    product.says = {"look": LOOK, "preview": PREVIEW, "run": RAN}
    for method in (agent.get, agent.post):
        refused = method(path(session, "invite.resend"))
        assert refused.status_code in {403, 422}
    assert agent.post(path(session, "invite.resend"), {"email": NEW}).status_code == 403
    assert agent.get(path(session, "no.such")).status_code == 404
    assert browse_as("agent2").get(path(session)).status_code == 404
    assert browse_as("compliance").get(path(session)).status_code == 403
    assert agent.post(path(session), {"email": "no address"}).status_code == 422
    end_session(actor=session.agent, session_id=session.pk)
    assert agent.post(path(session), {"email": NEW}).status_code == 409
    assert calls(product, "run") == []
    assert events("action.started") == []


@pytest.mark.parametrize(
    ("answer", "outcome", "times"),
    [
        ({"outcome": "refused", "sentence": "Invoices go to this address already."}, "refused", 1),
        ({"outcome": "failed", "sentence": "No."}, "failed", 1),
        ({"outcome": "done"}, "unknown", 3),
        (503, "unknown", 3),
        (None, "failed", 0),
    ],
)
def test_every_run_has_one_outcome(
    agent: Client,
    session: Any,
    product: Product,
    events: Any,
    answer: Any,
    outcome: str,
    times: int,
    monkeypatch: Any,
) -> None:
    """A product that never heard of it has changed nothing; one that may have heard leaves it unknown."""
    product.says = {"look": LOOK, "run": answer}
    if answer is None:
        monkeypatch.setenv("PRODUCT_URL", "http://127.0.0.1:9")
    assert agent.post(path(session), {"email": NEW}).status_code == 302
    (row,) = session.runs.all()
    assert row.outcome == outcome
    (told,) = events("action.finished")
    assert told.outcome == {"refused": "refused"}.get(outcome, "failed")
    keys = {call["key"] for call in calls(product, "run")}
    assert keys == (set() if answer is None else {str(row.pk)})  # tried again under the same key only
    assert len(calls(product, "run")) == times


def test_a_high_risk_action_asks_for_the_customers_name(
    agent: Client, session: Any, product: Product, events: Any, tenant: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        line = 'scope = "invoice_email.update"'
        put_in_force(patch, ("actions.toml", line, f'{line}\nconsequence = "high_risk"'))
    product.says = {"look": LOOK, "preview": PREVIEW, "run": RAN}
    form = {"email": NEW, "seen": seen_in(agent.post(path(session), {"email": NEW, "step": "preview"}))}
    for typed in ("", tenant.name.upper(), "Somebody else"):
        answer = agent.post(path(session), {**form, "tenant_name": typed})
        assert (answer.status_code, f"Type {tenant.name}" in answer.content.decode()) == (422, True)
    assert calls(product, "run") == []
    assert agent.post(path(session), {"email": NEW}).status_code == 422  # nor without a preview
    assert agent.post(path(session), {**form, "tenant_name": f" {tenant.name} "}).status_code == 302
    assert [event.fields["consequence"] for event in events("action.started")] == ["high_risk"]


def test_what_nobody_finished_is_unknown_after_a_while(session: Any, as_owner: Any, events: Any) -> None:
    from datetime import timedelta

    from django.db import transaction

    from audit.actions import record
    from impersonation.models import ActionRun
    from impersonation.running.actions import settle_lost_runs

    with transaction.atomic():
        run = ActionRun.objects.create(
            id=uuid.uuid4(), session=session, action="sync.rerun", label="Run a failed sync again", scope="sync.rerun",
            consequence="corrective", digest="0" * 64, started_at=session.started_at - timedelta(minutes=3),
        )  # fmt: skip
        record(
            "action.started",
            actor=session.agent.as_actor(),
            obj=run.as_ref(),
            trail=session.trail(),
            action=run.label,
        )
    assert (settle_lost_runs(), settle_lost_runs()) == (1, 0)
    run.refresh_from_db()
    assert (run.outcome, len(events("action.finished"))) == ("unknown", 1)


ROLES = """
[scope."sync.rerun"]
consequence = "corrective"
may = "Start a failed sync again"
"""
WRONG = """
[action."Sync Again"]
label = "Again"
scope = "sync.rerun"
says = "Sets {value}."
[action."sync.rerun"]
label = ""
scope = "sync.run"
consequence = "view"
idempotent = "yes"
colour = "red"
  [[action."sync.rerun".field]]
  key = "seen"
  label = "Which"
  kind = "choice"
  pattern = "("
"""


def test_every_mistake_of_the_file_is_told_at_once() -> None:
    problems = Problems()
    parse_actions(Bundle({"actions.toml": WRONG, "roles.toml": ROLES}), problems)
    told = "\n".join(str(problem) for problem in problems.found)
    for words in (
        '"Sync Again" is no name of an action', "the sentence names {value}", "label is empty", "sync.run is no scope",
        "view is less", "idempotent is not true or false", "colour is not a key", '"seen" cannot be a field',
        "its choices do not fit", "this is no pattern",
    ):  # fmt: skip
        assert words in told, told
    assert all(problem.path == "actions.toml" and problem.line > 1 for problem in problems.found)
