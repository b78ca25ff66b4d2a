import psycopg
import pytest


def say(client, tenant, panel="billing", ticket="HD-48192", **fields):
    address = f"/tenants/{tenant.slug}/panels/{panel}/answer/?ticket={ticket}"
    headers = fields.pop("headers", None)
    return client.post(address, {"verdict": "yes", "line": ""} | fields, headers=headers)


@pytest.mark.django_db
def test_an_answer_beside_a_panel_is_kept_with_its_event_and_leads_back(browse_as, tenant, events):
    from tenants.models import PanelAnswer

    answer = say(browse_as("agent"), tenant)
    assert answer.status_code == 302
    assert answer.url == f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-48192"
    (kept,) = PanelAnswer.objects.all()
    assert (kept.panel, kept.verdict, kept.ticket, kept.person.username) == (
        "billing",
        "yes",
        "HD-48192",
        "agent",
    )
    (event,) = events("panel.answered")
    assert (
        event.sentence == f"Agent said whether Billing of {tenant} gave the answer for ticket HD-48192: Yes"
    )


@pytest.mark.django_db
def test_with_htmx_the_answer_takes_the_place_of_the_question(browse_as, tenant):
    answer = say(browse_as("agent"), tenant, verdict="guessed", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Noted: had to guess." in page
    assert "<html" not in page


@pytest.mark.django_db
def test_the_free_line_is_kept_and_stays_out_of_the_log(browse_as, tenant, events):
    from tenants.models import PanelAnswer

    say(browse_as("agent"), tenant, verdict="no", line="The date of the next try is missing.")
    assert PanelAnswer.objects.get().line == "The date of the next try is missing."
    (event,) = events("panel.answered")
    assert "next try" not in str(event.fields) + event.sentence


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"verdict": "perhaps"}, {"verdict": ""}, {"line": "x" * 301}])
def test_anything_but_the_three_answers_is_refused(browse_as, tenant, fields):
    from tenants.models import PanelAnswer

    assert say(browse_as("agent"), tenant, **fields).status_code == 422
    assert not PanelAnswer.objects.exists()


@pytest.mark.django_db
def test_nobody_answers_beside_a_panel_that_is_closed_to_them(browse_as, tenant, events):
    assert say(browse_as("agent"), tenant, panel="payments").status_code == 403
    assert say(browse_as("success"), tenant).status_code == 404
    assert say(browse_as("agent"), tenant, panel="nothing").status_code == 404
    assert say(browse_as("compliance"), tenant).status_code == 403
    assert not events("panel.answered")


@pytest.mark.django_db
def test_the_question_stands_beside_every_open_panel_and_beside_no_closed_one(browse_as, tenant):
    page = browse_as("agent").get(f"/tenants/{tenant.slug}/").content.decode()
    assert f"/tenants/{tenant.slug}/panels/billing/answer/" in page
    assert f"/tenants/{tenant.slug}/panels/payments/answer/" not in page


@pytest.mark.django_db
def test_an_answer_can_be_neither_changed_nor_removed(browse_as, tenant, as_owner):
    from django.db import DatabaseError, connection, transaction

    say(browse_as("agent"), tenant)
    for verb in ("UPDATE tenants_panelanswer SET verdict = 'no'", "DELETE FROM tenants_panelanswer"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_the_owner_of_the_tables_changes_no_answer_either(committed, browse_as, as_owner):
    from tenants.models import Tenant

    say(browse_as("agent"), Tenant.objects.first())
    for verb in ("UPDATE tenants_panelanswer SET verdict = 'no'", "TRUNCATE tenants_panelanswer"):
        with pytest.raises(psycopg.Error):
            as_owner(verb)
