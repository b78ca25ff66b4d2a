"""Trying a panel before it is enabled: what is read, what stays hidden, and who may."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def try_as(browse_as, tenant):
    """Return a function that opens the page of a panel and returns the answer; its text is `page`."""

    def opened(username, version, panel="trial", role="support", slug=None):
        query = {"role": role, "tenant": slug or tenant.slug} if role else {}
        answer = browse_as(username).get(f"/policy/{version}/panels/{panel}/", query)
        answer.page = answer.content.decode()
        return answer

    return opened


def test_a_proposed_panel_runs_on_a_tenant_as_a_role_would_see_it(try_as, propose, tenant, events, addresses):
    version = propose()
    answer = try_as("compliance", version)
    assert answer.status_code == 200
    assert "Support agent sees this panel of every tenant." in answer.page
    assert "Only whether it is set" in answer.page
    assert "Somebody has an address." in answer.page
    assert f"***@{addresses[0].split('@')[1]}" in answer.page
    assert not [email for email in addresses if email in answer.page]
    (event,) = events("panel.previewed")
    assert (
        event.sentence
        == f"Compliance reviewer tried Trial of policy {version[:12]} on {tenant} as Support agent"
    )
    assert (event.object_id, event.fields["scope"]) == (version, "account.read")


def test_the_event_is_written_before_a_source_is_asked(try_as, propose, monkeypatch):
    from tenants.trying import actions

    asked = []
    monkeypatch.setattr(actions, "read_sections", lambda *a, **k: asked.append(1) or [])
    monkeypatch.setattr(actions, "record", _broken)
    with pytest.raises(OSError, match="the log is full"):
        try_as("compliance", propose())
    assert asked == []


def _broken(*_args, **_kwargs):
    raise OSError("the log is full")


def test_whoever_calls_personal_data_public_does_not_see_them_alone(try_as, propose, addresses):
    version = propose(email="public")
    page = try_as("admin", version).page
    assert "This is your own proposal." in page
    assert "new in your own proposal" in page
    assert (
        "active"
        not in page.split("The people")[-1]
        .split("What is hidden")[0]
        .split("<tbody>")[-1]
        .split("</tbody>")[0]
    )
    assert not [part for email in addresses for part in (email, email.split("@")[0] + "@") if part in page]
    assert "Somebody has an address." not in page
    second = try_as("compliance", version).page
    assert addresses
    assert any(email in second for email in addresses)


def test_of_ones_own_proposal_the_panels_in_force_are_shown_as_they_are(try_as, propose, active):
    own = try_as("admin", propose(), panel="billing").page
    assert "new in your own proposal" not in own
    assert "Hidden here" not in try_as("compliance", active, panel="billing").page


def test_a_role_without_the_scope_may_ask_or_sees_nothing(try_as, propose, events, addresses):
    version = propose(scope="people.read")
    page = try_as("compliance", version).page
    assert "may ask for people.read" in page
    assert "***@" in page
    before = len(events("panel.previewed"))
    closed = try_as("compliance", version, role="success").page
    assert "cannot ask for people.read" in closed
    assert "***@" not in closed
    assert "opens no tenant" in try_as("compliance", version, role="admin").page
    assert len(events("panel.previewed")) == before


def test_a_source_that_is_not_in_force_is_not_asked(try_as, propose):
    more = {
        "sources.toml": '[source.product]\nkind = "postgresql"\nurl_env = "PRODUCT_DATABASE_URL"\ntimeout_seconds = 4\n'
    }
    assert "Its source is not in force yet" in try_as("compliance", propose(more=more)).page


def test_without_a_role_and_a_tenant_the_page_says_what_is_hidden_and_reads_nothing(try_as, propose, events):
    answer = try_as("admin", propose(), role="")
    assert answer.status_code == 200
    assert "A part, enough to compare" in answer.page
    assert not events("panel.previewed")


@pytest.mark.parametrize(("role", "slug"), [("nobody", None), ("support", "no-such"), ("support", "a\x00b")])
def test_an_unknown_role_or_tenant_is_told_and_reads_nothing(try_as, propose, events, role, slug):
    answer = try_as("admin", propose(), role=role, slug=slug)
    assert answer.status_code == 422
    assert not events("panel.previewed")


def test_what_cannot_be_tried_is_not_found(try_as, propose, active):
    assert try_as("admin", "0" * 64).status_code == 404
    assert try_as("admin", active, panel="nothing").status_code == 404
    assert try_as("admin", active, panel="trial").status_code == 404


@pytest.mark.parametrize("username", ["agent", "approver", "success", "outsider"])
def test_only_those_who_keep_the_policy_try_its_panels(try_as, active, events, username):
    assert try_as(username, active, panel="billing").status_code == 403
    assert not events("panel.previewed")
