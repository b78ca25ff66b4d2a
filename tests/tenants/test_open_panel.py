import pytest

from tenants.sources.opening import close_all
from tests.tenants.policies import panel, put_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(tenant):
    """Put a panel `trial` in force and return its address."""

    def install(query, **more):
        put_in_force(panels__trial=panel(query, **more))
        return f"/tenants/{tenant.slug}/panels/trial/"

    return install


def test_opening_a_panel_is_an_event_with_ticket_scope_and_authority(browse_as, tenant, events):
    response = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-48192")
    assert response.status_code == 200
    (opened,) = events("panel.opened")
    assert opened.sentence == f"Agent opened Billing of {tenant} under ticket HD-48192"
    assert opened.fields["scopes"] == ["billing.read"]
    assert opened.authority == "role"


def test_what_does_not_look_like_a_ticket_is_dropped(browse_as, tenant, events):
    browse_as("agent").get(f"/tenants/{tenant.slug}/panels/billing/?ticket=<script>")
    assert events("panel.opened")[-1].ticket == ""


@pytest.mark.parametrize("path", ["/tenants/nobody/", "/tenants/nobody/panels/billing/", "/tenants/%00/"])
def test_an_unknown_tenant_is_not_found(browse_as, path):
    assert browse_as("agent").get(path).status_code == 404


def test_an_unknown_panel_is_not_found(browse_as, tenant):
    assert browse_as("agent").get(f"/tenants/{tenant.slug}/panels/nothing/").status_code == 404


def test_a_panel_without_its_scope_is_refused_with_the_way_to_ask(browse_as, tenant, events):
    response = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/payments/?ticket=HD-48192")
    assert response.status_code == 403
    page = response.content.decode()
    assert "payments.read" in page
    assert f"tenant={tenant.slug}" in page
    assert not events("panel.opened")
    assert events("request.refused")[-1].outcome_code == "panel_not_open"


def test_somebody_without_any_right_sees_no_tenant(browse_as, tenant):
    assert browse_as("outsider").get(f"/tenants/{tenant.slug}/").status_code == 403


def test_a_tenant_outside_of_the_book_does_not_exist(browse_as, tenant):
    assert browse_as("success").get(f"/tenants/{tenant.slug}/").status_code == 404


def test_a_refused_panel_stands_on_the_tenant_page_with_its_question(browse_as, tenant):
    page = browse_as("agent").get(f"/tenants/{tenant.slug}/").content.decode()
    assert "Which card is on file, and which one was refused?" in page
    assert "payments.read" in page


def test_when_the_event_cannot_be_written_nothing_is_read(browse_as, tenant, monkeypatch):
    from tenants.actions import looking

    asked = []
    monkeypatch.setattr(looking, "read_panels", lambda *a, **k: asked.append(1) or [])
    monkeypatch.setattr(looking, "record", _broken)
    client = browse_as("agent")
    client.raise_request_exception = False
    response = client.get(f"/tenants/{tenant.slug}/panels/billing/")
    assert response.status_code == 500
    assert asked == []


def _broken(*_args, **_kwargs):
    raise OSError("the log is full")


def test_a_row_of_another_tenant_stops_the_section_and_is_an_event(
    browse_as, trial, tenant, other_tenant, events
):
    address = trial("select id as tenant_id, name as what from tenants where :tenant is not null")
    page = browse_as("agent").get(address).content.decode()
    assert other_tenant.name not in page
    assert "stopped" in page
    (stopped,) = events("panel.leak_stopped")
    assert stopped.tenant_label == str(tenant)
    assert stopped.fields["rows"] >= 1
    assert other_tenant.name not in stopped.sentence


def test_a_column_that_is_not_declared_is_not_shown(browse_as, trial):
    page = browse_as("agent").get(
        trial("select id as tenant_id, 'seen' as what, 'undeclared' as more from tenants where id = :tenant")
    )
    assert b"seen" in page.content
    assert b"undeclared" not in page.content


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "select id as tenant_id, pg_sleep(5)::text as what from tenants where id = :tenant",
            "did not answer within 0.3 seconds",
        ),
        (
            "select id as tenant_id, (1 / (length(name) * 0))::text as what from tenants where id = :tenant",
            "divides by zero",
        ),
        (
            "select :tenant as tenant_id, pg_catalog.set_config('role', 'postgres', false) as what",
            "could not|not valid|may not",
        ),
    ],
)
def test_a_section_that_fails_says_so_and_is_an_event(browse_as, trial, events, query, sentence):
    import re

    response = browse_as("agent").get(trial(query, timeout=0.3))
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(sentence, page)
    assert "pg_" not in page
    assert len(events("panel.opened")) == 1
    assert len(events("panel.section_failed")) == 1


def test_a_source_that_is_down_costs_its_sections_and_not_the_page(browse_as, tenant, events, monkeypatch):
    monkeypatch.setenv("PRODUCT_DATABASE_URL", "postgresql://nobody:secret-word@127.0.0.1:1/none")
    response = browse_as("agent").get(f"/tenants/{tenant.slug}/")
    page = response.content.decode()
    close_all()
    assert response.status_code == 200
    assert "product cannot be reached" in page
    assert "secret-word" not in page
    assert events("panel.section_failed")


def test_a_role_that_can_write_is_refused_at_run_time(browse_as, tenant, monkeypatch):
    from tests import engines

    monkeypatch.setenv("PRODUCT_DATABASE_URL", engines.environment("x")["PRODUCT_OWNER_DATABASE_URL"])
    page = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/billing/").content.decode()
    close_all()
    assert "The source product is refused." in page
    assert "role that has only SELECT" in page


@pytest.mark.parametrize(
    "verb", ["insert into tenants select * from t returning 1", "delete from tenants returning 1"]
)
def test_no_statement_writes_to_postgresql(browse_as, trial, verb):
    page = (
        browse_as("agent")
        .get(trial(f"with t as ({verb}) select :tenant as tenant_id, 'x' as what from t"))
        .content.decode()
    )
    assert "This section cannot be shown" in page
