"""Sealing: nothing lost, nothing doubled, nobody waits, whatever happens to the sealer."""

import threading
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from audit.actions import AnotherSealer, WitnessIsAhead, seal, seal_all
from audit.actions import sealing as verb
from audit.seal import store, waiting, witnesses
from audit.seal.note import Checkpoint, Signer
from audit.seal.verifying import verify
from tests.audit.sealed import attack
from tests.audit.siem import siem
from tests.audit.writing import many, write
from tests.killing import Killed, killing


@pytest.fixture
def witness(tmp_path, settings):
    settings.WITNESSES = [f"folder:{tmp_path}"]
    return tmp_path


def counted(table="audit_event"):
    return store.rows_of(f"SELECT count(*) FROM {table}")[0][0]


def proved():
    verdict = verify()
    assert verdict.difference == ""
    return verdict


def test_a_log_opens_with_its_identity_and_seals_every_event_once(committed, as_owner):
    as_owner(many(700, ticket="T-1"))
    events = counted()
    sealed = seal_all()
    assert sealed.count == events
    assert sealed.head.size == events + 1
    assert counted("audit_seal_leaf") == events + 1
    assert proved().events == events
    log = store.logs()[0]
    assert store.system_identifier() in log.opening
    assert '"previous":null' in log.opening
    again = seal_all()
    assert (again.count, again.head) == (0, sealed.head)


def test_heads_grow_and_small_batches_lead_to_the_same_tree(committed, as_owner):
    as_owner(many(600, ticket="T-1"))
    sizes = []
    while (sealed := seal(limit=97)).count:
        sizes.append(sealed.head.size)
    assert sizes == sorted(set(sizes))
    assert proved().heads == len(sizes)
    write()
    assert seal_all().count == 1
    proved()


def test_a_head_is_a_signed_checkpoint(committed):
    write()
    note = seal_all().head.note
    checkpoint = Checkpoint.parse(note)
    assert checkpoint.origin.startswith("127.0.0.1/audit/")
    assert note.splitlines()[-1].startswith("— 127.0.0.1/audit ")


def test_an_event_of_an_open_transaction_waits_and_those_behind_it_as_well(committed):
    seal_all()
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_event (id, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)"
                " VALUES (gen_random_uuid(), 'x.y', 1, 'early', 'person', 'l', 'web', 'role', 'ok')"
            )
        write("later, and committed first")
        assert seal_all().count == 0
        other.commit()
        assert seal_all().count == 2
        order = store.rows_of(
            "SELECT e.sentence FROM audit_seal_leaf l JOIN audit_event e ON e.id = l.event_id ORDER BY l.position DESC LIMIT 2"
        )
        assert order[1] == ("early",)
        proved()
    finally:
        other.close()


def test_nothing_is_lost_while_eight_writers_commit_out_of_order(committed):
    stop, errors = threading.Event(), []

    def work(number):
        try:
            for turn in range(25):
                with transaction.atomic():
                    write(f"{number} {turn}", ticket="T-R")
                    time.sleep((number * 7 + turn) % 5 / 1000)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            errors.append(error)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seal_all()
    stop.set()
    assert errors == []
    seal_all()
    assert counted("audit_event WHERE ticket = 'T-R'") == 200
    assert proved().events == counted()


def test_two_sealers_never_work_at_once(committed):
    write()
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [verb.LEADER])
        with pytest.raises(AnotherSealer):
            seal_all()
    finally:
        other.rollback()  # a connection that is only closed keeps its lock until the server notices
        other.close()
    assert seal_all().count > 0


def test_two_sealers_at_once_seal_everything_once(committed, as_owner):
    as_owner(many(3000, ticket="T-1"))
    counts = []

    def work():
        try:
            for _ in range(40):
                try:
                    counts.append(seal(limit=200).count)
                except AnotherSealer:
                    time.sleep(0.005)
        finally:
            connections.close_all()

    sealers = [threading.Thread(target=work) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    counts.append(seal_all().count)
    assert sum(counts) == counted()
    proved()


def test_a_sealer_killed_between_any_two_statements_leaves_a_log_that_holds(committed, as_owner, witness):
    as_owner(many(300, ticket="T-1"))
    seal_all()

    killed = 0
    while True:
        write(f"before kill {killed}")
        try:
            with connection.execute_wrapper(killing(killed)):
                seal_all()
        except Killed:
            killed += 1
            connection.close()
            proved()
            continue
        break
    assert killed > 8
    seal_all()
    assert proved().events == counted()
    assert len(list(witness.glob("*/*.checkpoint"))) >= 1


def test_a_clock_set_back_changes_nothing(committed, as_owner):
    write()
    seal_all()
    as_owner(
        """INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)
           VALUES (gen_random_uuid(), now() - interval '3 hours', 'x.y', 1, 's', 'person', 'l', 'web', 'role', 'ok')"""
    )
    assert seal_all().count == 1
    proved()


def test_a_backup_put_back_is_told_and_nothing_is_sealed(committed, witness):
    write("first")
    first = seal_all().head
    write("second")
    write("third")
    second = seal_all().head
    attack(
        committed,
        f"""DELETE FROM audit_seal_leaf WHERE position >= {first.size}; DELETE FROM audit_seal_checkpoint WHERE size = {second.size};
            DELETE FROM audit_event WHERE sentence LIKE '%second' OR sentence LIKE '%third'""",
    )
    with pytest.raises(
        WitnessIsAhead, match=rf"holds a head of {second.size} entries, and this database has {first.size}"
    ):
        seal_all()
    assert "was rewritten" in verify().difference


def test_a_new_cluster_opens_a_new_log_that_commits_to_the_old_head(committed, monkeypatch):
    write("sealed before")
    old = seal_all().head
    write("came over without a seal")
    monkeypatch.setattr(store, "system_identifier", lambda: "7000000000000000001")
    sealed = seal_all()
    assert sealed.head.log == 2
    log = store.logs()[1]
    assert old.root.hex() in log.opening
    assert '"carried":1' in log.opening
    write("of the new cluster")
    assert seal_all().count == 1
    assert proved().events == counted()


def test_a_witness_that_fails_is_noted_and_asked_again(committed, settings, tmp_path):
    file = tmp_path / "no-folder"
    file.write_text("")
    settings.WITNESSES = [f"folder:{file}"]
    write()
    head = seal_all().head
    receipts = store.rows_of("SELECT accepted, sentence FROM audit_seal_receipt")
    assert receipts[0][0] is False
    assert "Error" in receipts[0][1]
    file.unlink()
    assert seal_all().head == head
    assert store.rows_of("SELECT accepted FROM audit_seal_receipt ORDER BY id DESC LIMIT 1") == [(True,)]
    seal_all()
    assert counted("audit_seal_receipt") == 2


def test_a_webhook_has_every_head_and_a_mailbox_one_an_hour(committed, settings, mailoutbox):
    with siem() as keeper:
        settings.WITNESSES = [keeper.url, "mailto:keeper@witness.example"]
        heads = []
        for _ in range(2):
            write()
            heads.append(seal_all().head.note)
        assert [post.body.decode() for post in keeper.posts] == heads
    (mail,) = mailoutbox
    assert (mail.to, heads[0] in mail.body) == (["keeper@witness.example"], True)


def test_a_witness_that_answers_a_byte_now_and_then_holds_the_sealer_no_longer_than_its_time(
    committed, settings, monkeypatch
):
    monkeypatch.setattr(witnesses, "CALL_SECONDS", 0.4)
    with siem() as dripping:
        dripping.mood = "drip"
        settings.WITNESSES = [dripping.url]
        write()
        head = seal_all().head
        assert dripping.posts[0].body.decode() == head.note
    assert store.rows_of("SELECT accepted FROM audit_seal_receipt") == [(False,)]


def test_a_key_is_replaced_and_earlier_heads_still_count(committed, settings, tmp_path):
    settings.SEAL_KEY_FILE = str(tmp_path / "key")
    first, second = Signer("127.0.0.1/audit", b"\x01" * 32), Signer("127.0.0.1/audit", b"\x02" * 32)
    (tmp_path / "key").write_text(first.secret_text())
    write()
    seal_all()
    (tmp_path / "key").write_text(f"{second.secret_text()}\n# until November\n{first.verifier}\n")
    write()
    seal_all()
    assert proved().heads == 2
    (tmp_path / "key").write_text(second.secret_text())
    assert "signed by no key that is trusted" in verify().difference


def test_the_apps_role_cannot_change_the_seal(committed):
    write()
    seal_all()
    for table in (
        "audit_seal_log",
        "audit_seal_leaf",
        "audit_seal_tile",
        "audit_seal_checkpoint",
        "audit_seal_receipt",
    ):
        for sql in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"UPDATE {table} SET log = 9"):
            with (
                pytest.raises(DatabaseError, match=r"permission denied|does not exist"),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)


def test_a_forgotten_transaction_is_named(committed, monkeypatch):
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id(), pg_backend_pid()")
            pid = cursor.fetchone()[1]
        assert not any(str(pid) in sentence for sentence in waiting.holders())
        assert any(str(pid) in sentence for sentence in waiting.holders(at_least="0 seconds"))
    finally:
        other.close()


def test_the_commands_seal_and_verify(committed):
    from tests.conftest import run

    write()
    said = run("manage.py", "audit", "seal", database=committed)
    assert "events sealed" in said
    assert "127.0.0.1/audit/" in said
    told = StringIO()
    call_command("audit", "verify", stdout=told)
    assert "The log holds" in told.getvalue()
    attack(committed, "UPDATE audit_event SET sentence = 'nothing happened' WHERE type = 'log.event_opened'")
    with pytest.raises(AssertionError, match="was changed after it was sealed"):
        run("manage.py", "audit", "verify", database=committed)
