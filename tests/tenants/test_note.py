import pytest

from tenants import noting
from tenants.actions import open_panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(people, tenant):
    return lambda key: open_panel(actor=people("agent"), tenant=tenant, key=key, ticket="HD-48192")


def test_the_note_tells_question_facts_times_source_policy_and_ticket(page, tenant):
    billing = page("billing")
    note = noting.note(billing).plain
    assert tenant.slug in note
    assert billing.only.panel.question in note
    assert "(from product)" in note
    assert f"Policy {billing.policy_version[:12]}." in note
    assert "Ticket HD-48192." in note
    assert "UTC" in note


def test_no_masked_value_stands_in_the_note(page):
    contacts = page("contacts")
    masked = {
        c.cell.value for s in contacts.only.sections for row in s.rows for c in row.cells if c.cell.masked
    }
    note = noting.note(contacts).plain
    assert masked
    assert not [value for value in masked if value in note]
    assert "left out because it is masked: " in note


def test_what_the_product_wrote_cannot_format_the_markdown(page):
    note = noting.note(page("billing")).markdown
    assert note.startswith("## ")
    assert "past_due" not in note
    assert "<" not in note.replace("\\<", "")
