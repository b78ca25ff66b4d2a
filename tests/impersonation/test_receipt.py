"""What the customer gets after a support session: a mail, the receipt behind its link, and a review of what they question."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.impersonation.desk import session_grant, start, subject_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(browse_as: Any, tenant: Any) -> Any:
    """Return a session that entered two areas, changed something, was stopped once, and ended."""
    from audit.actions import record
    from audit.context import surface
    from impersonation.models import SupportSession

    tenant.consent_contact = "owner@acme.example"
    tenant.save(update_fields=["consent_contact"])
    grant = session_grant(browse_as, tenant)
    agent = browse_as("agent")
    assert start(agent, grant, subject=subject_of(tenant).id).status_code == 302
    session = SupportSession.objects.get()
    about = {
        "actor": session.agent.as_actor(),
        "tenant": tenant.as_ref(),
        "subject": session.subject_ref(),
        "trail": session.trail(),
        "product": "Quillfold",
    }
    with surface("product"):
        record("product.area_entered", **about, area="Imports")
        record("product.page_seen", **about, area="Settings", what="The sign-in settings")
        record("product.try_blocked", **about, outcome="refused", what="Download all invoices")
        change = {"field": "invoice_email", "old": "a@acme.example", "new": "b@acme.example"}
        record("product.changed", **about, what="invoice_email", changes=[change])
    agent.get(f"/tenants/{tenant.slug}/panels/billing/")
    assert agent.post(f"/sessions/{session.pk}/end/").status_code == 302
    session.refresh_from_db()
    return session


def test_the_customer_reads_what_was_done_and_their_question_comes_to_a_reviewer(
    ended, browse_as, events, people
):
    from audit.context import surface
    from grants.consent.actions.mailing import send_customer_mail
    from grants.delivery import deliver_outbox

    while send_customer_mail():
        pass
    letter = next(one for one in mail.outbox if "worked in your account" in one.body)
    assert letter.to == ["owner@acme.example"]
    assert "Support agent worked in your account" in letter.body
    path = re.search(r"/c/[\w-]+/", letter.body)[0]
    customer = Client()
    page = customer.get(path).content.decode()
    for words in (
        "Support agent",
        "Support lead",
        "HD-48192",
        "stopped at row 431",
        "Imports, Settings, Billing",
    ):
        assert words in page
    assert "The sign-in settings" in page
    assert "Invoice email, from a@acme.example to b@acme.example" in page
    assert "1 try to do more than was allowed" in page
    assert ended.agent.display_name + "<" not in page
    assert str(events("product.changed")[0].id) in page
    assert events("customer_link.opened")[-1].session_id == ended.pk
    assert customer.post(path, {"comment": " "}).status_code == 422
    assert customer.post(path, {"decision": "approve"}).status_code == 422
    assert customer.post(path, {"comment": "We did not ask for this."}).status_code == 302
    assert customer.post(path, {"comment": "Again."}).status_code == 409
    assert "looks at it" in customer.get(path).content.decode()
    reviewer = browse_as("compliance")
    with surface("task"):
        deliver_outbox()
    inbox = reviewer.get("/inbox/").content.decode()
    assert "A customer asks about a support session." in inbox
    assert "A customer asks" not in browse_as("approver").get("/inbox/").content.decode()
    assert re.search(r"/reviews/#finding-[0-9a-f-]{36}", inbox)
    reviews = reviewer.get("/reviews/").content.decode()
    assert "We did not ask for this." in reviews
    close = re.search(r"/reviews/findings/[\w-]+/", reviews)[0]
    assert reviewer.post(close, {"word": "talked", "comment": "Explained to them."}).status_code == 302
    assert "looked at it on" in customer.get(path).content.decode()


def test_nobody_of_ours_asks_for_the_customer_and_a_console_session_sends_no_receipt(
    ended, browse_as, events
):
    from grants.consent.tokens import token_of
    from grants.models import CustomerLink

    link = CustomerLink.objects.get(kind="receipt", about=ended.pk)
    assert (
        browse_as("agent").post(f"/c/{token_of(link.pk)}/", {"comment": "All was well."}).status_code == 403
    )
    assert events("session.questioned") == []
    agent = browse_as("agent")
    assert start(agent, ended.grant, subject="").status_code == 302
    agent.post(f"/sessions/{ended.grant.sessions.get(mode='console').pk}/end/")
    assert CustomerLink.objects.filter(kind="receipt").count() == 1


def test_an_evidence_pack_lists_the_session_without_the_name_of_the_user(ended):
    from impersonation.pack_tables import session_tables
    from opsconsole.lib.evidence import Found

    table = session_tables(found=Found(grants=frozenset({ended.grant_id})))[0]
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert row["Session"] == str(ended.pk)
    assert row["Why it ended"] == "The agent ended it"
    assert row["Pages with banner"] == "1"
    assert ended.subject_label not in table.rows[0]
