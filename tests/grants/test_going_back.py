"""A release of access is taken back and put in again while access lives: nothing of the evidence is lost, and access still ends."""

import gc

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from accounts.queries import authority_for
from audit.context import surface
from grants import actions
from grants.delivery import deliver_outbox
from grants.models import BreakGlass, Grant
from grants.notifications import tell_people
from impersonation.actions import start_session
from impersonation.running.actions import _begin
from impersonation.running.rules import actions_in_force
from opsconsole.lib.clock import database_now
from tests import engines
from tests.grants import desk
from tests.grants.test_break_glass import smash

BEFORE = "0006_chain_rules"
OWNER = "opsconsole_owner"


def migrate(*target):
    """Migrate the test's database as the owner of its tables does, to a target or to the newest."""
    app = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connections.close_all()
    connection.settings_dict |= {"USER": OWNER, "PASSWORD": engines.passwords[OWNER]}
    gc.disable()  # the models of some hundred states come and go at once
    try:
        call_command(
            "migrate", *(("grants", *target) if target else ()), verbosity=0
        )  # forth for every app that stands on it
    finally:
        gc.enable()
        connections.close_all()
        connection.settings_dict |= app


def rows():
    """Every row of the tables of access and of what stands on it as text, by table, and what guards each table."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(grants|impersonation)_' AND relname <> 'grants_linktry'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            found[table] = [text for (text,) in cursor.fetchall()]
        cursor.execute(
            "SELECT format('%s.%s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^(grants|impersonation)_' ORDER BY 1"
        )
        found["triggers"] = [text for (text,) in cursor.fetchall()]
    return found


def test_access_lives_through_a_release_that_is_taken_back(
    committed, browse_as, people, tenant, other_tenant, shift
):
    agent, lead = browse_as("agent"), browse_as("approver")
    live = desk.granted(agent, lead, tenant, owner="agent2")
    waiting = desk.asked(agent, tenant, "HD-70002", scopes=["people.read"])
    ended = desk.granted(browse_as("agent2"), lead, tenant, "HD-70003")
    desk.post(browse_as("agent2"), f"/grants/{ended.pk}/revoke/", comment="Done.")
    desk.post(agent, f"/cases/{live.case_id}/notes/", failed="The file stops at row 431.")
    tell_people("new_device", [people("agent")], database_now(), path="/sign-ins/")
    deliver_outbox()
    with surface("web"):
        session = start_session(actor=people("agent"), grant=live)
        with transaction.atomic():
            _begin(session, actions_in_force()["sync.rerun"], {"sync": "orders"}, None)
    before = rows()
    assert any("row 431" in text for text in before["grants_casenote"])
    assert before["impersonation_actionrun"]

    migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('grants_casenote'), count(*) FROM grants_grant WHERE ended_at IS NULL"
        )
        assert cursor.fetchone() == (None, 1)
    migrate()

    assert rows() == before
    with surface("web"):
        assert authority_for(people("agent"), desk.SCOPE, tenant).grant_id == live.pk
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code == 200
    assert desk.approve(lead, waiting).status_code == 302
    live.refresh_from_db()
    shift(live, -31 * 60)
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code == 403
    assert actions.expire_grants() == 1
    assert Grant.objects.get(pk=live.pk).end_cause == "expired"


def test_what_has_no_place_in_the_tables_of_before_is_named_and_nothing_changes(
    committed, browse_as, people, tenant
):
    agent = browse_as("agent")
    smash(agent, desk.open_case(agent, tenant))
    assert BreakGlass.objects.count() == 1
    before = rows()
    with pytest.raises(CommandError, match="1 emergency start is kept: the tables of before have no place"):
        migrate("0007_telling")
    assert rows() == before
    with pytest.raises(CommandError, match="Access cannot go back to the tables of before"):
        migrate(BEFORE)
    assert rows() == before
