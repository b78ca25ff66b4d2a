"""Two people passing one access to and fro, each deciding on the other's time."""

import pytest
from django.db import DatabaseError, connection, transaction

from grants.models import AccessRequest, Approval, Grant
from tests.grants import desk

WHY = "The second file stopped at another row, and I want to see that one too."


@pytest.fixture
def clients(browse_as):
    return {name: browse_as(name) for name in ("agent2", "approver", "approver2")}


@pytest.fixture
def handed(clients, tenant):
    """An access that `approver` asked for, `approver2` approved, and `agent2` holds now."""
    grant = desk.granted(clients["approver"], clients["approver2"], tenant, minutes="10")
    desk.post(clients["approver"], f"/grants/{grant.pk}/hand-over/", person="agent2", comment="")
    return Grant.objects.get(handed_over_from=grant)


@pytest.fixture
def extension(clients, handed):
    answer = desk.post(clients["agent2"], f"/grants/{handed.pk}/extend/", minutes="20", reason=WHY)
    return AccessRequest.objects.get(pk=desk.id_in(answer))


def test_who_asked_for_an_access_decides_on_no_more_time_for_it(db, clients, extension):
    page = clients["approver"].get(f"/requests/{extension.pk}/").content.decode()
    assert 'name="digest"' not in page
    assert desk.approve(clients["approver"], extension).status_code == 403
    assert desk.approve(clients["approver2"], extension).status_code == 302


def test_nobody_takes_over_what_they_decided_on_by_way_of_an_extension(db, clients, browse_as, tenant):
    agent2 = clients["agent2"]
    grant = desk.granted(agent2, clients["approver2"], tenant, minutes="10")
    answer = desk.post(agent2, f"/grants/{grant.pk}/extend/", minutes="20", reason=WHY)
    desk.approve(clients["approver"], AccessRequest.objects.get(pk=desk.id_in(answer)))
    answer = desk.post(agent2, f"/grants/{grant.pk}/hand-over/", person="approver", comment="")
    assert answer.status_code == 422
    assert "They decided on this request" in answer.content.decode()


def test_postgresql_refuses_both_by_hand(db, extension, handed, people):
    def decided_by(person, request):
        return Approval(
            request=request,
            requester=request.requester,
            person=request.person,
            decider=person,
            decision="approve",
            digest=request.digest,
            round=1,
            minutes=1,
            scope_count=1,
            policy_version=request.policy_version,
            decided_at=request.asked_at,
        )

    with pytest.raises(DatabaseError, match="asked for or held"), transaction.atomic():
        decided_by(people("approver"), extension).save(force_insert=True)


def test_a_scope_never_outlives_its_grant_however_deep_the_trigger_that_writes_it(db, handed):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE deep (x integer) ON COMMIT DROP")
        cursor.execute(
            """CREATE FUNCTION pg_temp.deeper() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN UPDATE public.grants_grantscope SET until = '2035-01-01'; RETURN NULL; END $$"""
        )
        cursor.execute("CREATE TRIGGER t AFTER INSERT ON deep FOR EACH ROW EXECUTE FUNCTION pg_temp.deeper()")
        with pytest.raises(DatabaseError, match="follow the grant"):
            cursor.execute("INSERT INTO deep VALUES (1)")
