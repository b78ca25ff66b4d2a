"""Evidence packs: asked for with a reason, made apart from the page, checked by a program that knows nothing of the console."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from audit import queries
from audit.actions import record, seal_all
from audit.evidence.actions import make_what_waits, remove_what_is_over
from audit.evidence.tables import harmless
from audit.models import EvidencePack, EvidencePart
from audit.seal.keys import signers
from grants.models import Outbox
from tests.audit.sealed import attack
from tests.audit.writing import ACME, SOMEBODY, write
from tests.conftest import signed_in
from tests.grants import desk

REASON = "The auditor of the customer asked who was in their account."
CHECKER = Path(__file__).resolve().parents[2] / "docs" / "verify_log.py"
# Neither the site packages nor the console can be imported: only the standard library, and the folder with `cryptography` in it.
ALONE = "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_path(sys.argv.pop(1), run_name='__main__')"


def asked(client, **fields):
    """Ask for a pack and return it."""
    answer = client.post("/audit/evidence/", {"reason": REASON} | fields)
    assert answer.status_code == 302, answer.content.decode()
    return EvidencePack.objects.get(pk=desk.id_in(answer))


def file_of(client, pack):
    answer = client.get(f"/audit/evidence/{pack.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.fixture
def story(committed, people, tenant):
    """A request, its approval and its use on a tenant, and the client of a reviewer."""
    agent, approver = signed_in(people("agent")), signed_in(people("approver"))
    grant = desk.granted(agent, approver, tenant)
    assert agent.get(f"/tenants/{tenant.slug}/panels/import_detail/?ticket=HD-48192").status_code == 200
    return signed_in(people("compliance")), grant


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A folder with `cryptography`, what it needs, and nothing else."""
    import _cffi_backend  # type: ignore[import-untyped]
    import cffi  # type: ignore[import-untyped]
    import cryptography

    folder = tmp_path_factory.mktemp("only-cryptography")
    for package in (cryptography, cffi):
        shutil.copytree(Path(package.__file__).parent, folder / package.__name__)
    shutil.copy(_cffi_backend.__file__, folder)
    return folder


@pytest.fixture
def check(environment, tmp_path):
    """Check a pack with the verifier out of the pack itself, in an environment of its own."""

    def run(data, *, key="", program=None):
        file, checker = tmp_path / "pack.zip", tmp_path / "verify_log.py"
        file.write_bytes(data)
        checker.write_bytes(program or CHECKER.read_bytes())
        command = [sys.executable, "-I", "-S", "-c", ALONE, environment, checker, "pack", file]
        done = subprocess.run(
            [*map(str, command), "--key", key or str(signers()[0].verifier)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={},
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    return run


def test_a_pack_of_a_grant_tells_its_story_and_is_checked_by_a_stranger(story, check, events):
    client, grant = story
    pack = asked(client, grant=str(grant.pk))
    page = client.get(f"/audit/evidence/{pack.pk}/").content.decode()
    assert "It is being made" in page
    assert 'hx-trigger="every 2s"' in page
    assert make_what_waits() == 1
    data = file_of(client, pack)
    files = entries(data)
    assert files["verify_log.py"] == CHECKER.read_bytes()
    status, said = check(data, program=files["verify_log.py"])
    assert (status, "Holds: all" in said) == (0, True), said
    report = files["report.html"].decode()
    for words in (
        REASON,
        "Events by person",
        "<svg",
        "Decisions",
        desk.REASON,
        "HD-48192",
        "Policy in force",
    ):
        assert words in report, words
    assert "<script" not in report
    assert " style=" not in report
    told = [json.loads(line)["type"] for line in files["events.jsonl"].splitlines()]
    assert told[0] == "access.requested"
    assert {"request.approved", "panel.opened"} <= set(told)
    rows = list(csv.DictReader(io.StringIO(files["decisions.csv"].decode())))
    assert [(row["Decided by"], row["Decision"]) for row in rows] == [("Approver", "Approved")]
    assert len(list(csv.DictReader(io.StringIO(files["events.csv"].decode())))) == len(told)
    policy = next(name for name in files if name.startswith("policies/") and name.endswith("/roles.toml"))
    assert b"[role.support]" in files[policy]
    types = [event.type for event in events("evidence.asked", "evidence.made", "evidence.downloaded")]
    assert types == ["evidence.asked", "evidence.made", "evidence.downloaded"]
    made = events("evidence.made")[0]
    assert (made.grant_id, made.tenant_id) == (grant.pk, str(grant.tenant_id))
    assert made.fields["events"] == len(told)


def without(name):
    return lambda files: {key: data for key, data in files.items() if key != name}


def changed(name, old, new):
    return lambda files: {key: data.replace(old, new) if key == name else data for key, data in files.items()}


def test_every_tampered_entry_is_named(story, check, environment):
    client, grant = story
    pack = asked(client, grant=str(grant.pk))
    make_what_waits()
    data = file_of(client, pack)
    for change, named in (
        (changed("report.html", b"Approver", b"Somebody"), "report.html was changed"),
        (changed("events.csv", b"panel", b"petal"), "events.csv was changed"),
        (changed("events.jsonl", b"Agent", b"Ahent"), "events.jsonl was changed"),
        (changed("requests.csv", b"HD-48192", b"HD-48193"), "requests.csv was changed"),
        (changed("report.css", b"color", b"colour"), "report.css was changed"),
        (without("proofs/000002.tlog-proof"), "proofs/000002.tlog-proof is missing"),
        (without("decisions.csv"), "decisions.csv is missing"),
        (lambda files: files | {"notes.txt": b"It was not me."}, "notes.txt was added"),
        (changed("manifest.note", b'"events":', b'"event":'), "The signature of the manifest is wrong"),
        (without("manifest.note"), "manifest.note"),
    ):
        status, said = check(zipped(change(entries(data))))
        assert (status, named in said) == (1, True), said
    both = zipped(without("report.css")(changed("report.html", b"Approver", b"Nobody")(entries(data))))
    assert "report.css is missing\n  report.html was changed" in check(both)[1]
    twice = io.BytesIO(data)
    with zipfile.ZipFile(twice, "a") as pack_again, pytest.warns(UserWarning, match="Duplicate"):
        pack_again.writestr("events.csv", b"another")
    assert "events.csv stands in it twice" in check(twice.getvalue())[1]
    assert check(data, key="other+00000000+AQ==")[0] == 1
    assert check(b"no zip")[0] == 1


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return out.getvalue()


def test_a_pack_is_not_made_of_a_log_that_was_changed(committed, people, events):
    client = signed_in(people("compliance"))
    key = write("planted", tenant=ACME)
    seal_all()
    attack(committed, f"UPDATE audit_event SET sentence = 'nothing' WHERE id = '{key}'")
    pack = asked(client, tenant=ACME.id)
    assert make_what_waits() == 0
    page = client.get(f"/audit/evidence/{pack.pk}/").content.decode()
    assert "was changed after it was sealed" in page
    failed = events("evidence.failed")[0]
    assert (failed.outcome, failed.outcome_code, failed.tenant_id) == ("failed", "log_differs", ACME.id)
    assert client.get(f"/audit/evidence/{pack.pk}/file/").status_code == 409


def test_a_pack_with_personal_values_waits_for_somebody_else(committed, people, check, events):
    first, second = signed_in(people("compliance")), signed_in(people("compliance2"))
    admin, agent = signed_in(people("admin")), people("agent")
    with transaction.atomic():
        record(
            "person.changed",
            actor=SOMEBODY,
            obj=agent.as_ref(),
            private={"old_email": "old@x.example", "new_email": "new@x.example"},
            what="email",
        )
    pack = asked(first, person="agent", values="on")
    path = f"/audit/evidence/{pack.pk}/"
    assert (pack.state, make_what_waits()) == ("waiting", 0)
    (message,) = Outbox.objects.filter(kind="evidence_waits")
    assert (message.to, message.path) == ([people("compliance2").pk], path)
    assert first.post(f"{path}approve/").status_code == 403
    assert admin.post(f"{path}approve/").status_code == 403
    assert second.post(f"{path}deny/", {"comment": " "}).status_code == 422
    assert path in second.get("/reviews/").content.decode()
    assert "Do you agree?" in second.get(path).content.decode()
    assert second.post(f"{path}approve/", {"comment": "Seen the letter."}).status_code == 302
    assert second.post(f"{path}deny/", {"comment": "Too late."}).status_code == 409
    assert Outbox.objects.get(kind="evidence_agreed").to == [people("compliance").pk]
    assert make_what_waits() == 1
    data = file_of(second, pack)
    values = json.loads(entries(data)["values.json"])
    assert {value["value"] for value in values} == {"old@x.example", "new@x.example"}
    assert check(data)[0] == 0
    assert b"new@x.example" not in entries(data)["events.jsonl"]
    sentence = events("evidence.approved")[0].sentence
    assert sentence == (
        "Second reviewer agreed to the evidence pack about Agent that Compliance reviewer asked for: Seen the letter."
    )
    with pytest.raises(DatabaseError, match="does not go from ready to waiting"), transaction.atomic():
        EvidencePack.objects.filter(pk=pack.pk).update(state="waiting")
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        EvidencePack.objects.filter(pk=pack.pk).update(asked_by_label="Nobody")


def test_the_file_goes_when_its_time_is_over_and_the_row_stays(committed, people, as_owner, events):
    client = signed_in(people("compliance"))
    write("planted", tenant=ACME)
    pack, undecided = asked(client, tenant=ACME.id), asked(client, tenant=ACME.id, values="on")
    make_what_waits()
    assert remove_what_is_over() == 0
    as_owner(
        f"""BEGIN; ALTER TABLE audit_evidencepack DISABLE TRIGGER USER;
            UPDATE audit_evidencepack SET expires_at = now() - interval '1 second' WHERE id = '{pack.pk}';
            UPDATE audit_evidencepack SET asked_at = now() - interval '8 days' WHERE id = '{undecided.pk}';
            ALTER TABLE audit_evidencepack ENABLE TRIGGER USER; ALTER TABLE audit_evidencepack ENABLE ALWAYS TRIGGER audit_guard; COMMIT"""
    )
    assert client.get(f"/audit/evidence/{pack.pk}/file/").status_code == 409, "before any sweep"
    assert (remove_what_is_over(), remove_what_is_over()) == (2, 0)
    assert "Nobody decided in time" in client.get(f"/audit/evidence/{undecided.pk}/").content.decode()
    assert EvidencePart.objects.count() == 0
    assert "The file was removed" in client.get(f"/audit/evidence/{pack.pk}/").content.decode()
    assert [event.type for event in events("evidence.removed", "evidence.lapsed")] == [
        "evidence.removed",
        "evidence.lapsed",
    ]
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_evidencepack")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_evidencepart SET data = ''",
        "DELETE FROM audit_evidencepart",
        "UPDATE audit_savedview SET shared = true",
    ],
)
def test_files_and_kept_searches_are_not_changed_in_silence(committed, people, as_owner, sql):
    client = signed_in(people("compliance"))
    write("planted", tenant=ACME)
    asked(client, tenant=ACME.id)
    make_what_waits()
    client.post("/audit/views/", {"name": "Theirs", "ticket": "T-1"})
    with pytest.raises(Exception, match=r"append-only|needs an event"):
        as_owner(sql)


@pytest.mark.django_db
def test_a_subject_outside_of_the_remit_does_not_exist(browse_as, people, monkeypatch):
    write("theirs", tenant=ACME, ticket="T-1")
    client = browse_as("compliance")
    pack = asked(client, tenant=ACME.id)
    monkeypatch.setattr(queries, "audit_reach", [lambda person: Q(tenant_id="another")])
    monkeypatch.setattr("audit.evidence.queries.audit_reach", [lambda person: Q(tenant_id="another")])
    known = client.post("/audit/evidence/", {"tenant": ACME.id, "reason": REASON})
    unknown = client.post("/audit/evidence/", {"tenant": "nobody-knows", "reason": REASON})
    assert known.status_code == unknown.status_code == 404
    assert "The log that you may read says nothing of it" in known.content.decode()
    for path in ("", "file/"):
        assert client.get(f"/audit/evidence/{pack.pk}/{path}").status_code == 404
    assert client.post(f"/audit/evidence/{pack.pk}/approve/").status_code == 404
    assert f"/audit/evidence/{pack.pk}/" not in client.get("/audit/evidence/").content.decode()


@pytest.mark.django_db
def test_asking_agreeing_taking_showing_and_erasing_want_a_fresh_second_factor(
    browse_as, monkeypatch, people
):
    from accounts.factors.fresh import needed
    from tests.audit.test_disclosure import ERASING, moved

    write("theirs", tenant=ACME)
    client, event = browse_as("compliance"), moved(people)
    pack = asked(client, tenant=ACME.id)

    def never(*, person, act):
        raise needed(act, 10)

    monkeypatch.setattr("opsconsole.lib.step_up.guards", [never])
    value = f"/audit/events/{event.id}/values/new_email/"
    for path, fields in (
        ("/audit/evidence/", {"tenant": ACME.id, "reason": REASON}),
        (f"/audit/evidence/{pack.pk}/approve/", {}),
        (value, {"reason": REASON}),
        (f"{value}erase/", ERASING),
    ):
        answer = client.post(path, fields)
        assert (answer.status_code, "second factor" in answer.content.decode()) == (403, True), path
    taken = client.get(f"/audit/evidence/{pack.pk}/file/")
    assert taken.status_code == 302
    assert f"next=%2Faudit%2Fevidence%2F{pack.pk}%2Ffile%2F" in taken.url
    assert EvidencePack.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tenant": ACME.id, "reason": "because"}, "Say in a sentence what it is for"),
        ({"tenant": ACME.id, "person": "agent"}, "Name one thing only"),
        ({}, "Name what it is about"),
        ({"control": "AU-2: sign-in"}, "Say from when"),
        ({"since": "2026-11-20", "until": "2026-11-19"}, "before the start"),
        ({"grant": "12"}, "valid UUID"),
        ({"since": "-1h", "reason": "The token is sk_live_4242424242424242abcdef, as asked."}, "looks like"),
    ],
)
def test_what_cannot_be_asked_is_told_at_the_field(browse_as, fields, sentence):
    write("theirs", tenant=ACME)
    answer = browse_as("compliance").post("/audit/evidence/", {"reason": REASON} | fields)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not EvidencePack.objects.exists()


@pytest.mark.django_db
def test_packs_of_every_kind_hold_what_they_name(browse_as, people):
    from audit.evidence.subjects import events_of

    client, agent = browse_as("compliance"), people("agent")
    write("on the tenant", tenant=ACME, ticket="T-7")
    write("by the agent", actor=agent.as_actor(), ticket="T-8")
    record("person.signed_out", actor=agent.as_actor(), obj=agent.as_ref())
    reader = people("compliance")
    for fields, expected in (
        ({"case": "t-7"}, {"log.event_opened"}),
        (
            {"person": "agent"},
            {"log.event_opened", "person.signed_out", "person.added", "person.roles_changed"},
        ),
        ({"control": "AU-2: sign-in", "since": "-1h"}, {"person.signed_out"}),
    ):
        pack = asked(client, **fields)
        assert {event.type for event in events_of(reader, pack)} == expected, fields
    assert asked(client, since="-1h").about == "everything"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "\u00a0=1", '=HYPERLINK("x")']
)
def test_a_spreadsheet_takes_no_cell_for_a_formula(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless("Agent looked at 1=1") == "Agent looked at 1=1"


def test_two_makers_make_one_file_and_a_dead_one_is_followed(committed, people, as_owner, events):
    client = signed_in(people("compliance"))
    write("planted", tenant=ACME)
    pack = asked(client, tenant=ACME.id)
    as_owner(f"UPDATE audit_evidenceprogress SET beat_at = now() WHERE pack_id = '{pack.pk}'")
    assert make_what_waits() == 0, "somebody is at it"
    old = timedelta(minutes=3)
    as_owner(
        f"UPDATE audit_evidenceprogress SET beat_at = now() - interval '{old}' WHERE pack_id = '{pack.pk}'"
    )
    assert (make_what_waits(), make_what_waits()) == (1, 0)
    assert len(events("evidence.made")) == 1
