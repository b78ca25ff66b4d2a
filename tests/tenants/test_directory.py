import pytest

from tenants.actions import refresh_directory
from tenants.models import Tenant
from tenants.searching import search_tenants
from tenants.sources.base import SourceError
from tests.tenants.policies import put_in_force

pytestmark = pytest.mark.django_db

ROWS = """
source = "product"
id_type = "integer"
query = "select * from (values {rows}) as t(external_id, slug, name, domains)"
"""


def directory(*rows):
    put_in_force(directory=ROWS.replace("{rows}", ", ".join(rows)))
    return refresh_directory()


def test_a_refresh_that_changes_nothing_is_no_event(events):
    before = len(events("directory.refreshed"))
    assert refresh_directory() == 60
    assert len(events("directory.refreshed")) == before


def test_what_changed_is_one_event_and_what_is_gone_is_not_found(events):
    assert directory("(1, 'acme', 'Acme', '{acme.example}')", "(2, 'birch', 'Birch', null)") == 2
    event = events("directory.refreshed")[-1]
    assert (event.fields["added"], event.fields["gone"]) == (2, 60)
    assert Tenant.objects.present().count() == 2
    directory("(1, 'birch', 'Acme', null)", "(2, 'acme', 'Birch', null)")
    assert {t.external_id: t.slug for t in Tenant.objects.present()} == {"1": "birch", "2": "acme"}


def test_a_directory_that_answers_with_nothing_leaves_the_mirror(events):
    put_in_force(
        directory=ROWS.replace("{rows}", "(1, 'a', 'A', null)").replace(
            'id, slug, name, domains)"', 'id, slug, name, domains) where false"'
        )
    )
    refresh_directory()
    assert Tenant.objects.present().count() == 60


def test_a_directory_of_which_no_row_can_be_read_is_an_event_and_leaves_the_mirror(events):
    with pytest.raises(SourceError, match="Not one tenant of product can be read"):
        directory("('x', 'acme', 'Acme', null)", "('y', 'birch', 'Birch', null)")
    assert Tenant.objects.present().count() == 60
    assert events("directory.failed")[-1].outcome_code == "directory_unreadable"


def test_a_row_that_names_no_tenant_is_skipped(events):
    directory(
        "('1', 'acme', 'Acme', null)",
        "('x', 'wrong-id', 'Wrong', null)",
        "(null, 'no-id', 'None', null)",
        "('3', 'a/b', 'Slash', null)",
    )
    assert [t.slug for t in Tenant.objects.present()] == ["acme"]
    assert events("directory.refreshed")[-1].fields["skipped"] == 3


def test_names_of_any_kind_are_taken(browse_as):
    name = "<b>O''Neil</b> \u202eevil" + "x" * 100
    directory(f"(1, 'odd', '{name}', null)", "(2, 'twin-1', 'Twin', null)", "(3, 'twin-2', 'Twin', null)")
    page = browse_as("agent").get("/tenants/?q=o'neil").content.decode()
    assert "<b>O" not in page
    assert "&lt;b&gt;O" in page
    found = browse_as("agent").get("/tenants/?q=twin").content.decode()
    assert "twin-1" in found
    assert "twin-2" in found


def test_a_tenant_that_is_not_mirrored_yet_is_looked_up(browse_as, tenant):
    slug = tenant.slug
    Tenant.objects.filter(pk=tenant.pk).delete()
    assert browse_as("agent").get(f"/tenants/{slug}/").status_code == 200


@pytest.mark.parametrize("part", ["slug", "external_id", "name", "domain", "address", "middle", "start"])
def test_a_tenant_is_found_by_what_people_have_at_hand(people, tenant, part):
    asked = {
        "slug": tenant.slug,
        "external_id": tenant.external_id,
        "name": tenant.name.upper(),
        "domain": tenant.domains[0],
        "address": f"billing@{tenant.domains[0]}",
        "middle": tenant.name[2:-1],
        "start": tenant.name[:2],
    }[part]
    assert tenant in search_tenants(people("agent"), asked).tenants


def test_a_search_finds_nothing_outside_of_the_book(people, tenant):
    assert search_tenants(people("success"), tenant.slug).tenants == ()
    assert search_tenants(people("outsider"), tenant.slug).tenants == ()


@pytest.mark.parametrize("asked", ["%", "_", "\x00", "'; drop table", "a" * 500, "@", "."])
def test_any_text_can_be_searched(browse_as, asked):
    assert browse_as("agent").get("/tenants/", {"q": asked}).status_code == 200
