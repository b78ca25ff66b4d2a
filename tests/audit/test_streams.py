"""Streams of the log: everything arrives, in order, at least once, whatever the receiver, the file or the worker does."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from accounts.actions import change_person
from audit.actions import record, seal_all
from audit.models import Event, StreamPosition
from audit.refs import Ref
from audit.seal import store
from audit.streams.actions import LONGEST_PAUSE, due_streams, send_stream, send_streams
from audit.streams.queries import streams_owed
from tests.audit.sealed import attack
from tests.audit.siem import SECRET
from tests.audit.streaming import due_now, held, kept, row, sealed
from tests.audit.writing import ACME, SOMEBODY, many, write


def test_both_ways_get_every_entry_once_in_the_order_of_the_seal(committed, as_owner, watcher, file):
    as_owner(many(450, ticket="T-1"))
    seal_all()
    assert send_streams() == 2 * len(sealed())
    assert watcher.places == held(file) == sealed()
    assert watcher.lines == kept(file)
    assert len(watcher.posts) > 2, "in batches"
    assert all(post.genuine for post in watcher.posts)
    first = watcher.posts[0]
    assert first.key == first.headers["webhook-id"] == "siem:1:0-199"
    assert (first.headers["opsconsole-first"], first.headers["opsconsole-last"]) == ("0", "199")
    hashes = store.rows_of("SELECT encode(hash, 'hex') FROM audit_seal_leaf ORDER BY position")
    assert [(line["leaf"],) for line in watcher.lines] == hashes
    assert send_streams() == 0
    write()
    seal_all()
    assert send_streams() == 2
    assert watcher.places == held(file) == sealed()
    assert (row().position, row("file").position) == (len(sealed()), len(sealed()))


def test_a_line_is_an_event_in_the_names_of_ocsf(committed, watcher):
    event_id = write("a label", tenant=ACME, ticket="HD-1", outcome="refused")
    seal_all()
    send_streams()
    opening, *_, line = watcher.lines
    assert opening["unmapped"]["opening"]["kind"] == "opening"
    assert set(line) >= {
        "category_uid", "class_uid", "activity_id", "type_uid", "severity_id", "time", "metadata", "message"
    }  # fmt: skip
    event = Event.objects.get(pk=event_id)
    assert line["metadata"]["uid"] == str(event_id)
    assert line["metadata"]["event_code"] == line["activity_name"] == "log.event_opened"
    assert line["time"] == round(event.at.timestamp() * 1000)
    assert line["message"] == event.sentence
    assert line["actor"]["user"] == {"uid": SOMEBODY.id, "name": "Somebody", "type": "person"}
    assert line["cloud"]["account"] == {"uid": ACME.id, "name": ACME.label}
    assert (line["status"], line["unmapped"]["outcome"], line["unmapped"]["ticket"]) == (
        "Failure",
        "refused",
        "HD-1",
    )


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("403", "The receiver answered 403."),
        ("500", "The receiver answered 500."),
        ("302", "The receiver answered 302."),
        ("413", "The receiver answered 413: lower most_entries."),
        ("die", "The receiver gave no answer: RemoteProtocolError."),
        ("hang", "The receiver gave no answer: ReadTimeout."),
        ("drip", "The receiver gave no answer: RemoteProtocolError."),
    ],
)
def test_a_receiver_that_does_not_say_yes_loses_nothing_and_holds_up_nobody(
    committed, watcher, file, mood, says
):
    seal_all()
    watcher.mood = mood
    assert send_streams() == len(sealed()), "the file goes on"
    assert held(file) == sealed()
    failed = row()
    assert (failed.position, failed.failures, failed.error) == (0, 1, says)
    assert [stream.name for stream in due_streams()] == ["file"], "it is left alone for a while"
    assert failed.paused_until - failed.failing_since < timedelta(seconds=15)
    write("while it was down")
    seal_all()
    due_now()
    send_stream("siem")
    assert row().failures == 2
    day = timedelta(days=1)
    owed = streams_owed(row().failing_since - day, row().failing_since + day)
    assert "siem" in owed, "so its month is not archived"
    watcher.mood = "ok"
    watcher.awake.set()
    due_now()
    assert send_stream("siem") == len(sealed())
    keys = [post.key for post in watcher.posts]
    assert keys[0] == keys[1] == keys[2], "every try of a batch carries its key"
    assert watcher.posts[0].body == watcher.posts[2].body
    assert sorted(set(watcher.places)) == sealed()
    assert [(line["log"], line["position"]) for line in watcher.lines] == sealed()
    assert (row().failures, row().error, row().failing_since) == (0, "", None)
    assert "siem" not in streams_owed(row().last_sent_at - day, row().last_sent_at + day)


def test_a_wrong_signature_is_told_apart_and_two_secrets_serve_while_one_replaces_the_other(
    committed, watcher, monkeypatch
):
    seal_all()
    monkeypatch.setenv("STREAM_SIEM_SECRET", "some other secret of enough length")
    assert send_streams() == 0
    assert row().error == "The receiver answered 401."
    assert watcher.places == []
    monkeypatch.setenv("STREAM_SIEM_SECRET", f"some other secret of enough length,{SECRET}")
    due_now()
    assert send_streams() == len(sealed())
    post = watcher.posts[-1]
    assert post.genuine
    for change in ({"webhook-id": "siem:1:0-1"}, {"webhook-timestamp": "1"}):
        assert not watcher.is_genuine(post.headers | change, post.body)
    assert not watcher.is_genuine(post.headers, post.body.replace(b"Somebody", b"Nobody") + b"\n")
    for wrong, says in (("", "STREAM_SIEM_SECRET is not set."), ("short", "at least 24 bytes.")):
        monkeypatch.setenv("STREAM_SIEM_SECRET", wrong)
        write()
        seal_all()
        due_now()
        assert send_streams() == 0, "nothing leaves unsigned"
        assert says in row().error


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://siem.example/x", "STREAM_SIEM_URL must be https, except on loopback."),
        ("https://siem.example/x", "STREAM_SIEM_URL leads to another host than the policy names."),
    ],
)
def test_an_address_that_leads_elsewhere_is_never_called(committed, watcher, monkeypatch, address, says):
    monkeypatch.setenv("STREAM_SIEM_URL", address)
    seal_all()
    assert send_streams() == 0
    assert row().error == says


def test_a_file_is_rotated_by_its_name_and_goes_on_without_a_gap(committed, file):
    seal_all()
    send_streams()
    old = file.rename(file.with_suffix(".1"))
    write("after the rotation")
    seal_all()
    assert send_streams() == 1
    assert held(old) + held(file) == sealed()


def test_a_file_of_somebody_else_or_of_another_log_is_left_as_it_is(committed, file):
    seal_all()
    line = {"position": 3, "log": 1, "leaf": "00" * 32}
    for text, says in (
        ("a note without an end", "none of a stream"),
        ("a note\n", "none of a stream"),
        ('{"position": "3"}\n', "none of a stream"),
        (json.dumps(line) + "\n", "this database has no such entry"),
        (json.dumps(line | {"position": 99_999}) + "\n", "put back to an earlier state"),
    ):
        file.write_text(text)
        due_now()
        assert send_streams() == 0
        assert says in row("file").error
        assert file.read_text() == text
    file.unlink()
    file.symlink_to(file.with_name("elsewhere"))
    due_now()
    assert send_streams() == 0
    assert "cannot be used" in row("file").error


def test_nothing_personal_and_nothing_that_its_page_does_not_show_is_sent(
    committed, watcher, browse_as, people
):
    agent, before = people("agent"), people("agent").email
    change_person(
        actor=people("admin"), person=agent, display_name=agent.display_name, email="new@address.example",
        is_staff=agent.is_staff,
    )  # fmt: skip
    card = "4111 1111 1111 1111"
    record(
        "log.event_opened", actor=SOMEBODY, tenant=ACME, obj=Ref("event", "1", f"card {card}"),
        changes=[{"field": "limit", "old": 5, "new": "ten"}],
    )  # fmt: skip
    seal_all()
    send_streams()
    whole = b"".join(post.body for post in watcher.posts).decode()
    kept_apart = store.rows_of("SELECT disclosure FROM audit_private_value")
    assert kept_apart
    for secret in (before, "new@address.example", card, SECRET, *(text for (text,) in kept_apart)):
        assert secret not in whole
    reader = browse_as("compliance")
    changed, opened = watcher.lines[-2:]
    assert set(changed["unmapped"]["commitments"]) == {"old_email", "new_email"}
    for line in (changed, opened):
        page = reader.get(f"/audit/events/{line['metadata']['uid']}/").content.decode()
        said = [line["message"], *line["actor"]["user"].values(), *line["resources"][0].values()]
        said += [
            *line["unmapped"].get("commitments", {}).values(),
            *line.get("cloud", {}).get("account", {}).values(),
        ]
        said += [str(value) for change in line["unmapped"].get("changes", []) for value in change.values()]
        assert [text for text in said if text.lower() not in page.lower()] == []


def test_an_entry_whose_event_was_changed_or_removed_keeps_its_number_and_says_so(committed, watcher):
    write("as it was")
    gone = write("gone")
    seal_all()
    attack(
        committed,
        f"UPDATE audit_event SET sentence = 'as it never was' WHERE sentence LIKE '%as it was';"
        f" DELETE FROM audit_event WHERE id = '{gone}'",
    )
    send_streams()
    assert watcher.places == sealed()
    changed, removed = watcher.lines[-2:]
    assert "changed after it was sealed" in changed["message"]
    assert (changed["severity"], removed["severity"]) == ("Critical", "Medium")
    assert "not in the table any more" in removed["message"]
    assert "as it never was" not in json.dumps(watcher.lines)


def test_a_new_cluster_s_log_follows_the_old_one(committed, watcher, file, monkeypatch):
    seal_all()
    monkeypatch.setattr(store, "system_identifier", lambda: "7000000000000000001")
    write("of the new cluster")
    seal_all()
    send_streams()
    assert sealed()[-1][0] == 2
    assert watcher.places == held(file) == sealed()


def command(*words):
    said = StringIO()
    call_command("audit", "stream", *words, stdout=said)
    return said.getvalue()


def test_a_replay_is_an_event_and_hands_out_again_from_an_entry_on(committed, watcher, file, events):
    seal_all()
    assert send_streams() == 2 * len(sealed())
    for name in ("siem", "file"):
        command("--replay", name, "--from", "5")
    assert watcher.places == held(file) == sealed() + sealed()[5:]
    event = events("stream.replayed")[0]
    assert event.fields == {"entry": 5, "log": 1, "stood_at": len(sealed())}
    assert (event.sentence, event.surface) == (
        "Somebody at the command line set stream siem back: the log is handed out again from entry 5",
        "command",
    )
    for wrong in ("9999", "-1"):
        with pytest.raises(CommandError, match="Name an entry before"):
            command("--replay", "siem", "--from", wrong)
    with pytest.raises(CommandError, match="The policy has no stream sim"):
        command("--replay", "sim")
    seal_all()
    said = command()
    assert "4 entries handed out." in said
    assert f"siem: entry {len(sealed())} of log 1 comes next, 0 wait, 0 seconds behind; well" in said


def test_where_each_stream_stands_is_on_the_page_and_a_late_one_is_an_alert(
    committed, watcher, file, browse_as, as_owner, caplog
):
    reader, seconds = browse_as("compliance"), "opsconsole_audit_streams_behind_seconds"
    seal_all()
    send_streams()
    seal_all()
    send_streams()
    page = reader.get("/audit/integrity/").content.decode()
    for words in ("Streams out", "127.0.0.1", "The file of STREAM_FILE", "It has everything", "Hands over"):
        assert words in page, words
    assert "secret-path" not in page
    assert f"{seconds} 0.0" in reader.get("/metrics").content.decode()
    as_owner(
        """INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)
           VALUES (gen_random_uuid(), now() - interval '10 minutes', 'x.y', 1, 's', 'person', 'l', 'web', 'role', 'ok')"""
    )
    seal_all()
    watcher.mood = "500"
    send_streams()
    assert "a stream of the log is behind" in caplog.text
    page = reader.get("/audit/integrity/").content.decode()
    for words in ("Failed once. The receiver answered 500.", "1 entry waits", "does not hold"):
        assert words in page, words
    metrics = reader.get("/metrics").content.decode()
    assert f"{seconds} 6" in metrics
    assert "opsconsole_audit_streams_failing 1.0" in metrics


def test_a_stream_without_its_variable_is_off(committed, monkeypatch, browse_as):
    for name in ("STREAM_SIEM_URL", "STREAM_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert (due_streams(), send_stream("siem"), send_stream("nobody")) == ([], 0, 0)
    page = browse_as("compliance").get("/audit/integrity/").content.decode()
    assert "Off: STREAM_SIEM_URL is not set." in page


def test_pauses_end_at_four_minutes_so_that_a_receiver_that_is_back_hears_soon(committed, watcher):
    seal_all()
    watcher.mood = "500"
    send_streams()
    StreamPosition.objects.update(failures=F("failures") + 40, paused_until=None)
    send_streams()
    assert (row().paused_until - row().failing_since).total_seconds() < LONGEST_PAUSE * 1.3
