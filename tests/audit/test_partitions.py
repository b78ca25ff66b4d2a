"""Months of the log are made ahead by the app, which owns nothing."""

import pytest
from django.db import connection

from audit.tasks import make_partitions_ahead
from opsconsole.schedule import beat_schedule


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_app_makes_this_month_and_three_more(committed, as_owner):
    before = partitions()
    last = max(before - {"audit_event_default"})
    as_owner(f"ALTER TABLE audit_event DETACH PARTITION {last}; DROP TABLE {last}")
    assert partitions() == before - {last}
    make_partitions_ahead()
    assert partitions() == before
    make_partitions_ahead()
    assert partitions() == before


def test_a_made_partition_belongs_to_the_owner_and_is_protected(committed, as_owner):
    last = max(partitions() - {"audit_event_default"})
    as_owner(f"ALTER TABLE audit_event DETACH PARTITION {last}; DROP TABLE {last}")
    make_partitions_ahead()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_get_userbyid(c.relowner), array_agg(t.tgname::text ORDER BY t.tgname), bool_and(t.tgenabled = 'A')
               FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE c.relname = %s GROUP BY 1""",
            [last],
        )
        assert cursor.fetchone() == ("opsconsole_owner", ["audit_append_only", "audit_no_truncate"], True)


@pytest.mark.django_db
def test_beat_makes_them_every_day_and_the_entry_expires():
    entry = beat_schedule()["audit-partitions"]
    assert entry["task"] == "audit.tasks.make_partitions_ahead"
    assert entry["schedule"] == entry["options"]["expires"] == 86_400
