"""No write without evidence: COMMIT is refused where no event of the same transaction exists, raw SQL included."""

import pytest
from django.db import IntegrityError, connection, transaction

from audit.actions import record
from audit.refs import Ref
from opsconsole.embedded.errors import EngineError
from tests import engines
from tests.audit.writing import SOMEBODY, write

GUARDED = """
    SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_guard' AND tgenabled = 'A' AND tgdeferrable AND tginitdeferred"""
RENAME = "UPDATE accounts_person SET display_name = 'Renamed' WHERE username = 'agent'"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def write_about(person):
    record("person.changed", actor=SOMEBODY, obj=Ref("person", str(person.pk), str(person)), what="name")


@transaction.atomic
def rename_and_take_the_event_back(person):
    run(RENAME)
    point = transaction.savepoint()
    write_about(person)
    transaction.savepoint_rollback(point)


def test_a_write_without_an_event_does_not_commit(committed, people):
    with pytest.raises(IntegrityError, match="a write to accounts_person needs an event"):
        run(RENAME)
    with pytest.raises(IntegrityError, match="needs an event"), transaction.atomic():
        run(RENAME)
    assert people("agent").display_name == "Agent"


def test_a_write_with_an_event_of_the_same_transaction_commits(committed, people):
    with transaction.atomic():
        run(RENAME)
        write_about(people("agent"))
    assert people("agent").display_name == "Renamed"


@transaction.atomic
def change(sql, *about):
    run(sql)
    for person in about:
        write_about(person)


@transaction.atomic
def rename_under_some_event():
    run(RENAME)
    write()


def test_an_event_about_something_else_does_not_count(committed, people):
    with pytest.raises(IntegrityError, match="needs an event about it"):
        rename_under_some_event()
    both = "UPDATE accounts_person SET display_name = 'Renamed' WHERE username IN ('agent', 'agent2')"
    with pytest.raises(IntegrityError, match="needs an event about it"):
        change(both, people("agent"))
    assert people("agent").display_name == "Agent"


def test_a_role_that_moves_from_one_person_to_another_needs_an_event_about_both(committed, people):
    loser, gainer = people("compliance"), people("outsider")
    move = f"UPDATE accounts_rolemembership SET person_id = '{gainer.pk}' WHERE person_id = '{loser.pk}'"
    with pytest.raises(IntegrityError, match="a write to accounts_rolemembership"):
        change(move, gainer)
    change(move, gainer, loser)
    assert gainer.memberships.get().role == "compliance"


def test_a_role_or_a_token_is_not_given_under_an_event_about_somebody_else(committed, people):
    from accounts.actions import make_token

    token, _ = make_token(actor=people("agent"), name="mine")
    outsider = people("outsider")
    give = "INSERT INTO accounts_rolemembership (id, person_id, role, since) VALUES (gen_random_uuid(), '{}', 'admin', now())"
    with pytest.raises(IntegrityError, match="needs an event about it"):
        change(give.format(outsider.pk), people("agent"))
    with pytest.raises(IntegrityError, match="needs an event about it"):
        change(f"UPDATE accounts_apitoken SET person_id = '{outsider.pk}' WHERE id = '{token.pk}'", outsider)


@pytest.mark.parametrize("place", ["l.position + 2", "l.position + 1, 2", "0"])
def test_a_leaf_goes_only_to_the_next_position_of_the_present_log(committed, place):
    from audit.actions import seal_all

    seal_all()
    position, _, log = place.partition(", ")
    with pytest.raises(IntegrityError, match=r"next position|duplicate key"):
        run(
            f"""INSERT INTO audit_seal_leaf (log, position, hash) SELECT {log or "l.log"}, {position}, decode(repeat('00', 32), 'hex')
                FROM audit_seal_leaf l ORDER BY l.position DESC LIMIT 1"""
        )


def test_an_event_of_another_transaction_does_not_count(committed, people):
    write_about(people("agent"))
    with pytest.raises(IntegrityError, match="needs an event"):
        run(RENAME)


def test_an_event_rolled_back_to_a_savepoint_does_not_count(committed, people):
    with pytest.raises(IntegrityError, match="needs an event"):
        rename_and_take_the_event_back(people("agent"))


def test_an_event_in_a_kept_savepoint_counts(committed, people):
    with transaction.atomic():
        run(RENAME)
        with transaction.atomic():
            write_about(people("agent"))
    assert people("agent").display_name == "Renamed"


@pytest.mark.parametrize("mode", ["origin", "replica", "local"])
def test_the_guard_holds_for_a_superuser_in_every_replication_mode(committed, mode):
    with pytest.raises(EngineError, match="needs an event"):
        engines.postgres.psql(f"SET session_replication_role = {mode}; {RENAME}", committed)


@pytest.mark.django_db
def test_the_tables_that_carry_authority_are_guarded():
    guarded = {name for (name,) in run(GUARDED)}
    carry = {
        "accounts_person",
        "accounts_rolemembership",
        "audit_policyversion",
        "socialaccount_socialaccount",
    }
    assert carry <= guarded
