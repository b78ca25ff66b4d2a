"""PostgreSQL itself refuses to change the log: for the app, for the owner, for a superuser in replica mode, on each partition."""

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from audit.actions import record
from audit.refs import Ref
from opsconsole.embedded.errors import EngineError
from tests import engines
from tests.audit.writing import SOMEBODY, write

TABLES = ("audit_event", "auditlog_logentry")
CHANGES = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
)
COLUMN = {"audit_event": "sentence", "auditlog_logentry": "object_repr"}
NEVER_SUPPLIED = {"seq": "1", "at": "now()", "xid": "'1'", "db_user": "'postgres'", "seeded": "true"}


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
        )
        return sorted(name for (name,) in cursor.fetchall())


def attempt(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def write_a_row_of_field_history(people):
    person = people("agent")
    with transaction.atomic():
        record("person.changed", actor=SOMEBODY, obj=Ref("person", str(person.pk), str(person)), what="name")
        person.display_name = "Agent renamed"
        person.save(update_fields=["display_name"])


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_the_apps_role_may_not_change_the_log(table, change):
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        attempt(change.format(table=table, column=COLUMN[table]))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [*CHANGES, "INSERT INTO {table} DEFAULT VALUES", "SELECT * FROM {table}"])
def test_the_apps_role_has_no_right_on_any_partition(change):
    assert len(partitions()) >= 5
    for partition in partitions():
        with pytest.raises(DatabaseError, match="permission denied"):
            attempt(change.format(table=partition, column="sentence"))


@pytest.mark.django_db
@pytest.mark.parametrize("column", NEVER_SUPPLIED)
def test_the_apps_role_cannot_supply_what_only_the_database_knows(column):
    with pytest.raises(DatabaseError, match="permission denied"):
        attempt(
            f"""INSERT INTO audit_event (id, {column}, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)
                VALUES (gen_random_uuid(), {NEVER_SUPPLIED[column]}, 'x.y', 1, 's', 'person', 'l', 'web', 'role', 'ok')"""
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TABLE audit_event_default",
        "ALTER TABLE audit_event DETACH PARTITION audit_event_default",
        "CREATE TABLE audit_event_9999_01 PARTITION OF audit_event FOR VALUES FROM ('2500-01-01') TO ('2500-02-01')",
        "SELECT audit_make_partition('2500-01-01')",
        "SELECT audit_make_append_only('accounts_person')",
        "SET session_replication_role = replica",
        "SET ROLE opsconsole_owner",
        "SELECT setval('audit_event_seq', 1)",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_apps_role_cannot_take_the_protection_away(sql):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        attempt(sql)


def rows_of(name):
    return engines.postgres.psql(
        "SELECT count(*), md5(string_agg(sentence, ',' ORDER BY seq)) FROM audit_event", name
    )


def test_the_owner_is_refused_by_the_triggers_on_the_log_and_on_every_partition(committed, people, as_owner):
    write_a_row_of_field_history(people)
    before = rows_of(committed)
    for table in (*TABLES, *partitions()):
        for change in CHANGES:
            empty = table.startswith("audit_event_") and not as_owner(f"SELECT 1 FROM {table} LIMIT 1").strip(
                "[]"
            )
            if empty and "TRUNCATE" not in change:
                continue
            with pytest.raises(errors.InsufficientPrivilege, match="append-only"):
                as_owner(change.format(table=table, column=COLUMN.get(table, "sentence")))
    assert rows_of(committed) == before


def test_a_superuser_in_replica_mode_is_refused_as_well(committed, people):
    write_a_row_of_field_history(people)
    before = rows_of(committed)
    filled = [
        name for name in partitions() if engines.postgres.psql(f"SELECT 1 FROM {name} LIMIT 1", committed)
    ]
    assert filled
    for table in (*TABLES, *filled):
        for change in CHANGES:
            sql = change.format(table=table, column=COLUMN.get(table, "sentence"))
            with pytest.raises(EngineError, match="append-only"):
                engines.postgres.psql(f"SET session_replication_role = replica; {sql}", committed)
    assert rows_of(committed) == before


def test_a_partition_made_later_is_protected_too(committed, as_owner):
    as_owner("SELECT audit_make_partition('2031-05-17')")
    for sql in (
        "TRUNCATE audit_event_2031_05",
        "SET session_replication_role = replica; TRUNCATE audit_event_2031_05",
    ):
        with pytest.raises(EngineError, match="append-only"):
            engines.postgres.psql(sql, committed)


@pytest.mark.django_db
def test_inserting_needs_no_more_than_the_app_has():
    assert write()
