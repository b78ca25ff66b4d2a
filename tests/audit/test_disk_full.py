"""A disk that is full: nothing is done or shown without its event, nothing is half sealed, and it goes on once there is room."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from audit.actions import record, seal_all
from audit.models import Event
from audit.seal.verifying import verify
from audit.streams import file
from tests import engines
from tests.audit.writing import SOMEBODY, many, write
from tests.conftest import signed_in
from tools.run_tests import WITHOUT_SMALL_DISK
from tools.small_disk import small_disk


class Disk:
    """A disk of sixteen megabytes that can be filled and freed."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filler = place / "filler"

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as out:
            for size in (2**16, 2**12, 1):
                try:
                    while True:
                        out.write(b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        self._filler.unlink()


@pytest.fixture
def disk():
    with small_disk(16) as place:
        if place is None:
            pytest.skip(WITHOUT_SMALL_DISK)
        yield Disk(place)


@pytest.fixture
def small(disk):
    """A tablespace on the small disk; asked for before `committed`, so that it goes after the database that is in it."""
    owner = os.stat(engines.postgres.data_dir)  # noqa: PTH116 - follows the link to where the data are
    folder = disk.place / "tablespace"
    folder.mkdir(mode=0o700)
    os.chown(folder, owner.st_uid, owner.st_gid)
    engines.superuser(f"CREATE TABLESPACE small_disk LOCATION '{folder}'")
    yield disk
    engines.superuser("DROP TABLESPACE small_disk")


def change_until_it_is_full(person):
    """Change a person again and again, each time with its event, and return how often that went well."""
    for number in range(500):
        try:
            with transaction.atomic():
                person.display_name = f"Agent {number + 1}"
                person.save(update_fields=["display_name"])
                record("person.changed", actor=SOMEBODY, obj=person.as_ref(), what=f"{number:01000}")
        except OperationalError as error:
            assert "No space left on device" in str(error)  # noqa: PT017 - the loop counts up to it
            return number
    raise AssertionError("the disk is not full")


def test_on_a_full_disk_nothing_is_done_without_its_event(small, committed, people, tenant, as_owner):
    for table in (f"audit_event_{datetime.now(UTC):%Y_%m}", "audit_seal_leaf"):
        engines.postgres.psql(f"ALTER TABLE {table} SET TABLESPACE small_disk", committed)
    write("before")
    seal_all()
    as_owner(many(400, ticket="HD-1"))
    agent = people("agent")
    browser = signed_in(agent)
    browser.raise_request_exception = False
    small.fill()
    done = change_until_it_is_full(agent)
    agent.refresh_from_db()
    assert agent.display_name == (f"Agent {done}" if done else "Agent"), "the change went back with its event"
    assert Event.objects.filter(type="person.changed", object_id=str(agent.pk)).count() == done
    shown = browser.get(f"/tenants/{tenant.slug}/panels/billing/")
    assert shown.status_code == 500
    assert "Price" not in shown.content.decode(), "without an event nothing is shown"
    with pytest.raises(OperationalError, match="No space left on device"):
        seal_all()
    assert verify().difference == ""
    small.free()
    assert browser.get(f"/tenants/{tenant.slug}/panels/billing/").status_code == 200
    assert seal_all().count >= 400 + done
    assert verify().difference == ""


def test_on_a_full_disk_a_stream_s_file_keeps_whole_lines(disk):
    path = disk.place / "stream.jsonl"
    line = b'{"position":1,"log":1,"leaf":"00"}\n'
    with file.opened(str(path)) as lines:
        lines.add(line)
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            lines.add(line * 10_000)
        assert path.read_bytes() == line
        disk.free()
        lines.add(line)
    assert path.read_bytes() == line * 2
