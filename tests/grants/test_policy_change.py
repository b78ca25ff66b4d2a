"""A narrower policy counts at the next use, a wider one never, and what a grant rests on is checked each time it is used."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import make_token, set_active, set_roles
from accounts.queries import authority_for
from audit.context import surface
from grants import actions
from grants.delivery import deliver_outbox
from grants.models import Grant, Notice, Outbox
from opsconsole.lib.errors import Invalid
from tenants.api import moment
from tests import engines
from tests.grants import desk
from tests.grants.policies import put_in_force
from tests.grants.triggers import on_again

SENSITIVE = "[consequence.sensitive]\napprovals = 1\ndefault_minutes = 30\nlongest_minutes = 240"
NO_IMPORTS = (
    "roles.toml",
    '[scope."imports.read"]\nconsequence = "sensitive"\nmay = "See which value of a file stopped an import"\n',
    "",
)
MORE = "The customer sent a second file; it stops at row 12 and I want to compare the two."


def opens(client, tenant):
    """Open the panel that only the grant opens, through HTTP."""
    return client.get(f"/tenants/{tenant.slug}/panels/import_detail/").status_code


def longest(minutes, was=240):
    return ("access.toml", SENSITIVE.replace("240", str(was)), SENSITIVE.replace("240", str(minutes)))


def read(person, path):
    """Read a path of the API."""
    _, secret = make_token(actor=person, name="tests")
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"}).json()


@pytest.fixture
def cast(browse_as):
    return browse_as("agent"), browse_as("approver")


def test_a_role_that_no_longer_asks_ends_the_access_at_once_and_the_sweep_closes_it(
    db, cast, tenant, events, monkeypatch
):
    grant = desk.granted(*cast, tenant)
    assert opens(cast[0], tenant) == 200
    asks = 'asks_for = ["sensitive", "corrective", "high_risk"]'
    put_in_force(monkeypatch, ("roles.toml", asks, 'asks_for = ["corrective", "high_risk"]'))
    assert opens(cast[0], tenant) == 403
    assert actions.expire_grants() == 0
    assert actions.end_without_ground() == 1
    assert actions.end_without_ground() == 0
    grant.refresh_from_db()
    assert (grant.status, grant.end_cause, grant.ended_by) == ("ended", "policy", None)
    assert "the policy changed" in events("grant.ended")[-1].sentence
    assert "The policy changed" in cast[0].get(f"/grants/{grant.pk}/").content.decode()


def test_a_shorter_window_ends_it_earlier_and_a_longer_one_changes_nothing(
    committed, cast, tenant, shift, events, monkeypatch, people
):
    grant = desk.granted(*cast, tenant, minutes="60")
    end = grant.expires_at
    put_in_force(monkeypatch, longest(480))
    shift(grant, -20 * 60)
    assert actions.tell_narrowed() == 0
    put_in_force(monkeypatch, longest(30, was=480))
    assert opens(cast[0], tenant) == 200
    assert actions.tell_narrowed() == 1
    assert actions.tell_narrowed() == 0
    assert "narrowed the access" in events("grant.narrowed")[-1].sentence
    assert Outbox.objects.filter(kind="narrowed", grant=grant).count() == 1
    grant.refresh_from_db()
    holds_until = grant.counts_from + timedelta(minutes=30)
    for path in (f"/grants/{grant.pk}/", f"/cases/{grant.case_id}/", f"/requests/{grant.request_id}/", "/"):
        page = cast[0].get(path).content.decode()
        assert f'data-countdown="{holds_until.isoformat()}"' in page, path
    assert "sooner than approved" in cast[0].get(f"/grants/{grant.pk}/").content.decode()
    assert read(people("agent"), f"grants/{grant.pk}/")["expires_at"] == moment(holds_until)
    assert read(people("agent"), f"cases/{grant.case_id}/")["grants"][0]["expires_at"] == moment(holds_until)
    shift(grant, -15 * 60)
    assert opens(cast[0], tenant) == 403
    assert actions.end_without_ground() == 1
    grant.refresh_from_db()
    assert (grant.end_cause, grant.expires_at) == ("policy", end - timedelta(minutes=35))


def test_one_scope_that_is_gone_shrinks_the_access_and_leaves_the_rest(
    db, cast, tenant, people, events, monkeypatch
):
    grant = desk.granted(*cast, tenant, scopes=["imports.read", "people.read"])
    raised = (NO_IMPORTS[0], NO_IMPORTS[1], NO_IMPORTS[1].replace("sensitive", "view"))
    put_in_force(monkeypatch, raised)  # nobody asks for a view scope, so nobody holds it through a grant
    with surface("web"):
        assert authority_for(people("agent"), "imports.read", tenant) is None
        assert authority_for(people("agent"), "people.read", tenant).grant_id == grant.pk
    assert actions.end_without_ground() == 0
    assert actions.tell_narrowed() == 1
    assert events("grant.narrowed")[-1].fields["lost"] == ["imports.read"]
    assert read(people("agent"), f"grants/{grant.pk}/")["scopes"] == ["people.read"]
    assert "No longer given" in cast[0].get(f"/grants/{grant.pk}/").content.decode()


def test_a_suspended_tenant_ends_access_and_takes_no_request(db, cast, tenant):
    grant = desk.granted(*cast, tenant)
    waiting = desk.asked(cast[0], tenant, "HD-50001", scopes=["people.read"])
    tenant.status = "Suspended"
    tenant.save(update_fields=["status"])
    assert opens(cast[0], tenant) == 403
    assert desk.approve(cast[1], waiting).status_code == 409
    assert desk.ask(cast[0], waiting.case_id, scopes=["delivery.read"]).status_code == 409
    assert actions.end_without_ground() == 1
    grant.refresh_from_db()
    assert grant.end_cause == "suspended"


def test_who_leaves_or_loses_the_role_holds_nothing_at_the_next_request(db, cast, browse_as, tenant, people):
    first = desk.granted(*cast, tenant)
    second = desk.granted(browse_as("agent2"), cast[1], tenant, "HD-50002")
    set_roles(actor=people("admin"), person=people("agent"), roles=["compliance"])
    assert opens(cast[0], tenant) == 403
    set_active(actor=people("admin"), person=people("agent2"), active=False)
    assert actions.end_without_ground() == 1  # the change of roles ended the first at once
    causes = dict(Grant.objects.values_list("pk", "end_cause"))
    assert causes == {first.pk: "revoked", second.pk: "off_boarded"}


def test_a_removed_approver_decides_nothing_more(db, cast, tenant, people):
    request = desk.asked(cast[0], tenant)
    page = cast[1].get(f"/requests/{request.pk}/")
    assert page.status_code == 200
    set_roles(actor=people("admin"), person=people("approver"), roles=["support"])
    assert desk.approve(cast[1], request).status_code == 403
    request.refresh_from_db()
    assert request.status == "pending"


def test_the_second_approver_sees_what_the_first_left_and_the_grant_is_the_intersection(
    db, cast, browse_as, tenant
):
    request = desk.asked(
        cast[0], tenant, scopes=["session.view", "people.read", "imports.read"], minutes="30"
    )
    first = request.digest
    assert (
        desk.approve(cast[1], request, scopes=["session.view", "people.read"], minutes="20").status_code
        == 302
    )
    second = browse_as("approver2")
    page = second.get(f"/requests/{request.pk}/").content.decode()
    request.refresh_from_db()
    assert request.digest in page
    assert first not in page
    left = {"scopes": ["session.view"], "minutes": "20"}
    assert desk.approve(second, request, digest=first, **left).status_code == 409
    assert (
        desk.approve(second, request, scopes=["imports.read", "session.view"], minutes="20").status_code
        == 422
    )
    assert desk.approve(second, request, **left).status_code == 302
    grant = request.grants.get()
    assert [row.scope for row in grant.scopes.all()] == ["session.view"]
    assert grant.expires_at - grant.starts_at == timedelta(minutes=20)


TAMPERED = [
    ("grants_accessrequest", "reason", "'Because I say so, and nobody will ever ask why.'"),
    ("grants_accessrequest", "minutes", "240"),
    ("grants_accessrequest", "person_id", "(SELECT id FROM accounts_person WHERE username = 'agent2')"),
    ("grants_accessrequest", "approvals_needed", "2"),
    ("grants_grant", "expires_at", "expires_at + interval '1 hour'"),
    ("grants_approval", "minutes", "10"),
    ("grants_approval", "digest", "repeat('0', 64)"),
]
SLIPPED_IN = """
    WITH one AS (SELECT * FROM grants_grant), asked AS (
        INSERT INTO grants_requestscope (request_id, scope, consequence) SELECT request_id, 'people.read', 'sensitive' FROM one
    ), approved AS (
        INSERT INTO grants_approvalscope (approval_id, request_id, scope) SELECT id, request_id, 'people.read' FROM grants_approval
    )
    INSERT INTO grants_grantscope (grant_id, request_id, scope, consequence, person_id, tenant_id, starts_at, until)
    SELECT id, request_id, 'people.read', 'sensitive', person_id, tenant_id, starts_at, expires_at FROM one
"""


def test_what_was_changed_behind_the_console_gives_nothing_and_is_told(
    committed, cast, browse_as, tenant, as_owner, people, events
):
    grant = desk.granted(*cast, tenant)
    assert actions.tell_unfit() == 0

    def past_every_guard(sql, *tables):
        off = "; ".join(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables)
        as_admin(committed, f"{off}; {sql}; {on_again(*tables)}")

    for table, column, value in TAMPERED:
        assert opens(cast[0], tenant) == 200, (table, column)
        past_every_guard(
            f"CREATE TABLE kept AS SELECT id, {column} AS it FROM {table}; UPDATE {table} SET {column} = {value}",
            table,
        )
        assert opens(cast[0], tenant) == 403, (table, column)
        assert actions.tell_unfit() == (1 if (table, column) == TAMPERED[0][:2] else 0), (
            "once for each access"
        )
        past_every_guard(
            f"UPDATE {table} t SET {column} = it FROM kept WHERE kept.id = t.id; DROP TABLE kept", table
        )
    tables = ("grants_requestscope", "grants_approvalscope", "grants_grantscope")
    past_every_guard(SLIPPED_IN, *tables)
    assert authority_for(people("agent"), "people.read", tenant) is None
    told = events("grant.no_longer_fits")
    assert [(event.grant_id, event.fields["scopes"]) for event in told] == [(grant.pk, [desk.SCOPE])]
    deliver_outbox()
    heard = Notice.objects.filter(outbox__kind="unfit").values_list("person__username", flat=True)
    assert set(heard) >= {"compliance"}
    assert not set(heard) & {"agent", "approver"}
    page = browse_as("compliance").get("/reviews/").content.decode()
    assert "no longer fits what was approved" in page
    assert f"/grants/{grant.pk}/" in page


def as_admin(database, sql):
    """Run SQL as the superuser of the test's engine, who may switch every trigger off."""
    engines.postgres.psql(sql, database)


def test_colleagues_cannot_stretch_one_access_beyond_its_longest_window(
    committed, cast, browse_as, tenant, people, shift
):
    agent, lead = cast
    grant = desk.granted(agent, lead, tenant, minutes="200")
    shift(grant, -150 * 60)
    assert desk.post(agent, f"/grants/{grant.pk}/hand-over/", person="agent2", comment="").status_code == 302
    taken = Grant.objects.get(handed_over_from=grant)
    assert taken.counts_from == Grant.objects.get(pk=grant.pk).starts_at
    colleague = browse_as("agent2")
    fields = {"minutes": "41", "reason": MORE}
    answer = desk.post(colleague, f"/grants/{taken.pk}/extend/", **fields)
    assert answer.status_code == 422
    assert "leaves 40 more minutes" in answer.content.decode()
    assert (
        desk.post(colleague, f"/grants/{taken.pk}/extend/", **fields | {"minutes": "40"}).status_code == 302
    )
    assert desk.approve(lead, taken.extensions.get()).status_code == 302
    end = taken.expires_at
    taken.refresh_from_db()
    assert taken.expires_at == end + timedelta(minutes=40)
    with surface("web"):
        assert authority_for(people("agent2"), desk.SCOPE, tenant).grant_id == taken.pk
        with pytest.raises(Invalid, match="leaves 0 more"):
            actions.extend(actor=people("agent2"), grant_id=taken.pk, minutes=1, reason=MORE + " Again.")
