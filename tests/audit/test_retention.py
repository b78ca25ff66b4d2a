"""Values go by the months of their class, whole months into signed files, nothing that is held goes, and every proof of the rest holds."""

import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Q

from audit.actions import seal_all
from audit.disclosure.actions import erase_old_values
from audit.models import Event, LegalHold, MonthArchive
from audit.retention.actions import MonthStays, archive_month, tell_of_due_months
from audit.retention.file import BadArchive
from audit.retention.queries import months
from audit.retention.rules import Retention, Times, months_later, parse_retention
from audit.retention.verifying import verify_archive
from audit.seal.keys import signers
from audit.seal.proofs import proof_of, sealed_lines
from audit.seal.verifying import verify
from grants.models import Outbox
from opsconsole.lib.bundle import Bundle, Problems
from tests import engines
from tests.audit.sealed import attack
from tests.audit.test_disclosure import ERASING, kept, moved
from tests.audit.test_proofs import VERIFIER
from tests.audit.writing import write
from tests.conftest import signed_in

ROOT = Path(__file__).resolve().parents[2]
MONTH_VERIFIER = ROOT / "docs" / "verify_archive.py"
REASON = "The customer's lawyer asked us to keep everything."
OLD = """
    SELECT audit_make_partition('{month}-01');
    INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_id, actor_label, surface, authority, outcome, seeded)
    SELECT gen_random_uuid(), timestamptz '{month}-02 10:00Z' + i * interval '1 minute', 'log.searched', 1, 'Somebody searched ' || i,
           'person', 'somebody', 'Somebody', 'web', 'role', 'ok', true FROM generate_series(1, {count}) AS i"""
WRONG = """[class.access]
months = 0
value = 3

[class.people]
values = 20
months = 12

[class.acess]
months = 3
"""


def parsed(text):
    problems = Problems()
    read = parse_retention(Bundle({"retention.toml": text}), problems)
    return read, [str(problem) for problem in sorted(problems.found)]


def test_every_mistake_is_told_with_its_line_and_its_mend():
    read, told = parsed(WRONG)
    assert told == [
        "retention.toml:1: the class policy is missing; write [class.policy] and months = a whole number from 1 to 1200",
        "retention.toml:1: the class standard is missing; write [class.standard] and months = a whole number from 1 to 1200",
        "retention.toml:2: months is 0; write a whole number from 1 to 1200",
        "retention.toml:3: unknown key value; did you mean values?",
        "retention.toml:6: the values of people are kept for longer than its events; write 12 or fewer, or leave it out",
        "retention.toml:9: unknown key acess; did you mean access?",
    ]
    assert read.classes == {"people": Times(12, 12)}
    assert read.months_of(["log.searched"]) is None, "what has no time is kept for ever"
    assert parsed("")[0].months_of(["no.longer_declared"]) is None
    assert Retention().values_of("people") == 12


@pytest.mark.parametrize("directory", ["policy", "demo/policy"])
def test_the_shipped_policies_give_each_class_its_months(directory):
    problems = Problems()
    read = parse_retention(Bundle.from_directory(ROOT / directory), problems)
    assert problems.found == []
    assert read.months_of(["log.searched", "hold.placed", "a.type_of_old"]) == read.classes["policy"].months
    assert months_later(datetime(2020, 11, 5, tzinfo=UTC), 3) == datetime(2021, 2, 1, tzinfo=UTC)


@pytest.fixture
def as_database_owner(committed):
    """Return a function that lets this process be the owner of the tables, as the command is."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}

    def become(role="opsconsole_owner"):
        connections.close_all()
        connection.settings_dict.update(USER=role, PASSWORD=engines.passwords[role])

    yield become
    connections.close_all()
    connection.settings_dict.update(before)


def test_a_month_goes_into_a_signed_file_and_everything_else_still_proves(
    committed, as_owner, as_database_owner, tmp_path, events, people, monkeypatch
):
    write("before")
    as_owner(OLD.format(month="2019-05", count=40))
    other = write("between")
    seal_all()
    as_owner(OLD.format(month="2019-05", count=7).replace("SELECT audit_make_partition('2019-05-01');", ""))
    as_owner(
        OLD.format(month="2100-01", count=1).replace("2100-01-02", "2019-06-02").replace("2100-01", "2019-06")
    )
    write("after")
    before = seal_all().head
    taken = Event.objects.filter(at__year=2019, at__month=5).first().id
    with pytest.raises(CommandError, match="own role may not archive"):
        call_command("archive", str(tmp_path))
    as_database_owner()
    kept_month = archive_month(name="2019-05", folder=tmp_path)
    file = tmp_path / "audit-2019-05.zip"
    assert (kept_month.events, kept_month.file, kept_month.size) == (47, file.name, file.stat().st_size)
    told = events("log.archived")[0]
    assert told.sentence == "47 events of May 2019 went into a signed file and left the database"
    assert (told.fields["digest"], told.db_user) == (kept_month.digest, "opsconsole_owner")
    as_database_owner("opsconsole_app")
    assert not Event.objects.filter(id=taken).exists()
    gone = signed_in(people("compliance")).get(f"/audit/events/{taken}/")
    assert gone.status_code == 410
    for words in ("This event is archived", file.name, kept_month.digest):
        assert words in gone.content.decode(), words
    monkeypatch.setattr("audit.retention.archived.audit_reach", [lambda person: Q(tenant_id="another")])
    assert signed_in(people("compliance")).get(f"/audit/events/{taken}/").status_code == 404
    assert [month.name for month in months()] == ["2019-06", f"{datetime.now(UTC):%Y-%m}"]
    seal_all()
    found = verify()
    assert found.difference == ""
    assert found.archived == {"2019-05": 47}
    assert proof_of(other).holds
    assert "holds: 47 events of 2019-05" in verify_archive(file)
    _a_stranger_agrees(file, before, tmp_path)
    _no_change_of_it_passes(committed, file, tmp_path)


def _stranger(*arguments):
    command = [sys.executable, "-I", *map(str, arguments), "--key", str(signers()[0].verifier)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def _a_stranger_agrees(file, head, folder):
    status, said = _stranger(MONTH_VERIFIER, file)
    assert (status, said[:28]) == (0, "Holds: 47 events of 2019-05 ")
    (folder / "leaves").write_text("".join(f"{line}\n" for line in sealed_lines()), encoding="utf-8")
    (folder / "head").write_text(head.note, encoding="utf-8")
    status, said = _stranger(VERIFIER, "log", folder / "leaves", "--head", folder / "head")
    assert status == 0
    assert "47 of them are archived" in said


def _no_change_of_it_passes(database, file, folder):
    changed = folder / "changed.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(
                name, data.replace(b"Somebody searched 3", b"Nobody searched 3") if "jsonl" in name else data
            )
    with pytest.raises(BadArchive, match=r"events-1\.jsonl was changed"):
        verify_archive(changed)
    assert "events-1.jsonl was changed" in _stranger(MONTH_VERIFIER, changed)[1]
    attack(
        database,
        "ALTER TABLE audit_montharchive DISABLE TRIGGER USER; UPDATE audit_montharchive SET digest = 'x'",
    )
    assert "not what an event of the log says" in verify().difference
    attack(database, "DELETE FROM audit_montharchive")
    assert "no longer in the table" in verify().difference
    with pytest.raises(BadArchive, match="never archived"):
        verify_archive(file)


def test_events_removed_beside_an_archived_month_are_missed(committed, as_owner, as_database_owner, tmp_path):
    as_owner(OLD.format(month="2019-05", count=3) + ";" + OLD.format(month="2019-06", count=3))
    seal_all()
    as_database_owner()
    archive_month(name="2019-05", folder=tmp_path)
    attack(
        committed,
        """UPDATE audit_seal_leaf SET event_at = '2019-05-03' WHERE event_id IN (SELECT id FROM audit_event WHERE at < '2019-07-01');
           DELETE FROM audit_event WHERE at < '2019-07-01'""",
    )
    assert (
        verify().difference
        == "The archive of 2019-05 counts 3 events, and 6 of that month are not in the table."
    )


ACTS = [
    "SELECT audit_drop_month('2019-05', 3)",
    "ALTER TABLE audit_event DETACH PARTITION audit_event_2019_05",
    "DROP TABLE audit_event_2019_05",
    "INSERT INTO audit_montharchive VALUES ('2019-05', gen_random_uuid(), 3, '{}', 'f', 'd', 1, now())",
    "DELETE FROM audit_montharchive",
    "DELETE FROM audit_legalhold",
]


def test_the_apps_role_archives_nothing_and_nobody_archives_what_is_held_or_young(
    committed, as_owner, as_database_owner, people, tmp_path, events
):
    as_owner(OLD.format(month="2019-05", count=3))
    seal_all()
    assert (tell_of_due_months(), tell_of_due_months()) == (1, 0)
    assert (
        events("log.month_due")[0].sentence
        == "The time of every event of May 2019 is over: the month may be archived"
    )
    (message,) = Outbox.objects.filter(kind="month_due")
    assert (message.path, people("compliance").pk in message.to) == ("/audit/retention/", True)
    for sql in ACTS:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(sql)
    from audit.retention.actions import place_hold

    period = {"since": datetime(2019, 5, 2, tzinfo=UTC), "until": datetime(2019, 5, 3, tzinfo=UTC)}
    place_hold(actor=people("compliance"), kind="period", text="", ticket="LEGAL-12", reason=REASON, **period)
    assert months()[0].stops == ("A legal hold stands on it, under LEGAL-12.",)
    as_database_owner()
    with pytest.raises(MonthStays, match="under LEGAL-12"):
        archive_month(name="2019-05", folder=tmp_path)
    this_month = f"{datetime.now(UTC):%Y-%m}"
    for month, said in (("2019-05", "a legal hold stands"), (this_month, "only a month that is over")):
        with pytest.raises(DatabaseError, match=said), transaction.atomic():
            connection.cursor().execute("SELECT audit_drop_month(%s, 3)", [month])
    for month, said in ((this_month, "is kept until"), ("2018-01", "holds no events")):
        with pytest.raises(MonthStays, match=said):
            archive_month(name=month, folder=tmp_path)
    assert not any(tmp_path.iterdir())
    assert MonthArchive.objects.count() == 0


def shift_values(as_owner):
    as_owner(
        """BEGIN; ALTER TABLE audit_private_value DISABLE TRIGGER USER;
           UPDATE audit_private_value SET at = now() - interval '13 months';
           ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_guard;
           ALTER TABLE audit_private_value ENABLE ALWAYS TRIGGER audit_hold_refuses; COMMIT"""
    )


def test_what_is_held_is_not_erased_and_goes_once_somebody_else_lifts_the_hold(
    committed, people, as_owner, events, browse_as
):
    client, event = browse_as("compliance"), moved(people)
    form = {"kind": "person", "subject": "agent", "ticket": "LEGAL-12", "reason": REASON}
    assert client.post("/audit/retention/holds/", form | {"ticket": ""}).status_code == 422
    assert client.post("/audit/retention/holds/", form | {"reason": "law"}).status_code == 422
    assert client.post("/audit/retention/holds/", form | {"kind": "period", "subject": ""}).status_code == 422
    assert client.post("/audit/retention/holds/", form).status_code == 302
    hold = LegalHold.objects.get()
    shift_values(as_owner)
    assert (erase_old_values(), kept()) == (0, 2)
    answer = client.post(f"/audit/events/{event.id}/values/new_email/erase/", ERASING | {"everywhere": "on"})
    assert (answer.status_code, "under LEGAL-12" in answer.content.decode()) == (409, True)
    with pytest.raises(DatabaseError, match="a legal hold stands"), transaction.atomic():
        connection.cursor().execute("DELETE FROM audit_private_value")
    lift = f"/audit/retention/holds/{hold.pk}/lift/"
    assert client.post(lift, {"reason": REASON}).status_code == 403
    with pytest.raises(DatabaseError, match="audit_hold_two_people"), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(
            lifted_by_id=hold.placed_by_id, lifted_at=hold.placed_at, lift_reason="x"
        )
    page = client.get("/audit/retention/").content.decode()
    assert "LEGAL-12" in page
    assert re.search(r"2 of them held", page)
    assert (
        browse_as("compliance2").post(lift, {"reason": "The matter was settled in May."}).status_code == 302
    )
    assert (
        browse_as("compliance2").post(lift, {"reason": "The matter was settled in May."}).status_code == 409
    )
    told = [one.sentence for one in events("hold.placed", "hold.lifted")]
    assert told[0] == f"Compliance reviewer placed a legal hold on {hold.about} under LEGAL-12: {REASON}"
    assert "that Compliance reviewer placed under LEGAL-12" in told[1]
    assert (erase_old_values(), kept()) == (2, 0)
    seal_all()
    assert verify().difference == ""
    assert proof_of(event.id).holds
