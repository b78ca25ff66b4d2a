import pytest

pytestmark = pytest.mark.django_db


def test_an_agent_sees_every_area_of_a_tenant_on_one_screen(browse_as, tenant, events):
    response = browse_as("agent").get(f"/tenants/{tenant.slug}/?ticket=HD-48192")
    assert response.status_code == 200
    page = response.content.decode()
    for area in ("account", "billing", "jobs", "flags", "activity"):
        assert f'id="area-{area}"' in page
    opened = events("panel.opened")[-1]
    assert opened.ticket == "HD-48192"
    assert opened.tenant_label == str(tenant)


def test_a_panel_alone_shows_all_of_its_rows(browse_as, tenant, events):
    response = browse_as("agent").get(f"/tenants/{tenant.slug}/panels/billing/")
    assert response.status_code == 200
    assert events("panel.opened")[-1].fields["panels"] == ["billing"]
    assert not events("panel.section_failed")
