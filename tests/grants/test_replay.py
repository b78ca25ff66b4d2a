"""A draft policy is shown with what it would have meant for the requests of the last 90 days."""

from uuid import uuid4

import pytest

from accounts.roles import parse_roles
from audit.actions import propose_policy
from grants.access_rules import parse_access
from grants.consent.rules import parse_consent
from grants.replay import Past, Rules, replay
from opsconsole.lib.bundle import Problems
from opsconsole.lib.clock import database_now
from tests.grants import desk
from tests.grants.policies import changed

SENSITIVE = "[consequence.sensitive]\napprovals = 1\ndefault_minutes = 30\nlongest_minutes = 240"
CORRECTIVE = "[consequence.corrective]\napprovals = 1"
STRICTER = (
    ("access.toml", SENSITIVE, SENSITIVE.replace("240", "45")),
    ("access.toml", CORRECTIVE, CORRECTIVE.replace("1", "2")),
    (
        "roles.toml",
        'asks_for = ["sensitive", "corrective", "high_risk"]',
        'asks_for = ["sensitive", "corrective"]',
    ),
)


@pytest.fixture
def draft(people, monkeypatch):
    def propose(*changes):
        bundle = changed(*changes)
        monkeypatch.delenv("PRODUCT_DATABASE_URL")
        version = propose_policy(actor=people("admin"), bundle=bundle).version
        monkeypatch.undo()
        return version

    return propose


def test_a_draft_says_how_many_requests_it_would_have_changed_and_which(db, browse_as, tenant, draft):
    agent = browse_as("agent")
    kept = desk.asked(agent, tenant, "HD-60001", minutes="30")
    longer = desk.asked(agent, tenant, "HD-60002", scopes=["people.read"], minutes="60")
    desk.asked(agent, tenant, "HD-60005", scopes=["sync.rerun"])
    refused = desk.asked(agent, tenant, "HD-60003", scopes=["session.view"])
    version = draft(*STRICTER)
    page = browse_as("compliance").get(f"/policy/{version}/").content.decode()
    assert "4 requests replayed" in page
    for line in (
        "<strong>1</strong> would be refused",
        "<strong>1</strong> would need another approver",
        "<strong>1</strong> would be shorter",
        "None would wait for the customer",
    ):
        assert line in page, line
    assert f'href="/requests/{longer.pk}/"' in page.split("would be shorter</summary>")[1]
    assert (
        f'href="/requests/{refused.pk}/"'
        in page.split("would be refused</summary>")[1].split("would need")[0]
    )
    assert "45 minutes instead of 60." in page
    assert "2 instead of 1." in page
    kept.refresh_from_db()
    assert kept.policy_version != version
    admin = browse_as("admin").get(f"/policy/{version}/").content.decode()
    assert "HD-60003" in admin
    assert f"/requests/{refused.pk}/" not in admin


def test_an_easier_draft_says_so_and_the_version_in_force_is_not_replayed(db, browse_as, tenant, draft):
    desk.asked(browse_as("agent"), tenant, "HD-60004", scopes=["session.view"], minutes="30")
    high = "[consequence.high_risk]\napprovals = 2"
    version = draft(("access.toml", high, high.replace("2", "1")))
    compliance = browse_as("compliance")
    page = compliance.get(f"/policy/{version}/").content.decode()
    assert "<strong>1</strong> would be let through more easily" in page
    assert "1 approver instead of 2." in page
    assert compliance.post(f"/policy/{version}/activate/").status_code == 302
    assert "replayed" not in compliance.get(f"/policy/{version}/").content.decode()


def test_ten_thousand_requests_are_judged_one_by_one_where_words_count(db):
    def rules(bundle):
        return Rules(*(parse(bundle, Problems()) for parse in (parse_roles, parse_access, parse_consent)))

    def past(number):
        words = (
            "Compare the two deliveries of the invoice mail."
            if number % 2
            else "See what stopped the invoice."
        )
        return Past(
            uuid4(), now, "Agent", "Tenant", "production", "HD-48192", "The invoice mail stopped.", words, "asked", 30,
            frozenset({"people.read"}), frozenset({"support"}),
        )  # fmt: skip

    now = database_now()
    draft = changed(("access.toml", "shortest = 20", "shortest = 40"))
    done = replay(map(past, range(10_000)), in_force=rules(changed()), draft=rules(draft))
    assert (done.replayed, done.unchanged) == (10_000, 5_000)
    refused = done.counts["refused"]
    assert (refused.number, len(refused.requests), refused.more) == (5_000, 50, 4_950)
    assert "at least 40 characters" in refused.requests[0].says
