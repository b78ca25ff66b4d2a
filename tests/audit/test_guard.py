"""No write without evidence: COMMIT is refused where no event of the same transaction exists, raw SQL included."""

import pytest
from django.db import IntegrityError, connection, transaction

from opsconsole.embedded.errors import EngineError
from tests import engines
from tests.audit.writing import write

GUARDED = """
    SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_guard' AND tgenabled = 'A' AND tgdeferrable AND tginitdeferred"""
RENAME = "UPDATE accounts_person SET display_name = 'Renamed' WHERE username = 'agent'"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


@transaction.atomic
def rename_and_take_the_event_back():
    run(RENAME)
    point = transaction.savepoint()
    write()
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
        write()
    assert people("agent").display_name == "Renamed"


def test_an_event_of_another_transaction_does_not_count(committed, people):
    write()
    with pytest.raises(IntegrityError, match="needs an event"):
        run(RENAME)


def test_an_event_rolled_back_to_a_savepoint_does_not_count(committed, people):
    with pytest.raises(IntegrityError, match="needs an event"):
        rename_and_take_the_event_back()


def test_an_event_in_a_kept_savepoint_counts(committed, people):
    with transaction.atomic():
        run(RENAME)
        with transaction.atomic():
            write()
    assert people("agent").display_name == "Renamed"


@pytest.mark.parametrize("mode", ["origin", "replica", "local"])
def test_the_guard_holds_for_a_superuser_in_every_replication_mode(committed, mode):
    with pytest.raises(EngineError, match="needs an event"):
        engines.postgres.psql(f"SET session_replication_role = {mode}; {RENAME}", committed)


@pytest.mark.django_db
def test_the_tables_that_carry_authority_are_guarded():
    guarded = {name for (name,) in run(GUARDED)}
    assert {"accounts_person", "accounts_rolemembership", "audit_policyversion"} <= guarded
