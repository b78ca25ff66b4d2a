"""The integrity page: green only for what was proved within the hour, and it says how."""

import psycopg
import pytest

from audit.actions import seal_all, verify_log
from audit.integrity import database_rights, findings, oldest_unsealed_seconds, overall
from audit.tasks import seal, verify_the_log
from opsconsole.schedule import beat_schedule
from tests import engines
from tests.audit.sealed import attack
from tests.audit.writing import write


@pytest.fixture
def witnessed(committed, settings, tmp_path):
    settings.WITNESSES = [f"folder:{tmp_path}"]
    write()
    return committed


def tone_of(title):
    return next(finding.tone for finding in findings() if finding.title.startswith(title))


def test_nothing_is_green_before_it_is_proved(committed):
    assert overall(findings()) != "good"
    assert tone_of("Full verification") == tone_of("Signed head") == tone_of("Witnesses") == "notice"


def test_all_is_green_when_sealed_witnessed_and_verified_within_the_hour(witnessed):
    seal_all()
    verify_log()
    seal_all()
    assert [(finding.title, finding.tone) for finding in findings() if finding.tone != "good"] == []


def test_a_proof_of_more_than_an_hour_ago_is_not_green(witnessed, as_owner):
    seal_all()
    as_owner(
        """INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome, fields)
           VALUES (gen_random_uuid(), clock_timestamp() - interval '2 hours', 'log.verified', 1, 's', 'system', 'The console', 'task',
                   'none', 'ok', '{"finding": "The log holds"}')"""
    )
    seal_all()
    assert tone_of("Full verification") == "notice"


def test_a_difference_is_a_failed_event_and_red(witnessed, events):
    seal_all()
    attack(witnessed, "UPDATE audit_event SET sentence = 'nothing' WHERE type = 'log.event_opened'")
    verify_the_log()
    event = events("log.verified")[-1]
    assert (event.outcome, event.outcome_code) == ("failed", "log_differs")
    assert "was changed after it was sealed" in event.sentence
    assert overall(findings()) == "bad"


def test_an_event_that_waits_too_long_is_red(witnessed, monkeypatch):
    from datetime import timedelta

    from audit import integrity

    seal_all()
    assert oldest_unsealed_seconds() == 0
    write()
    assert 0 < oldest_unsealed_seconds() < 60
    assert tone_of("Waiting") == "good"
    monkeypatch.setattr(integrity, "LONGEST_WAIT", timedelta())
    assert tone_of("Waiting") == "bad"


def test_a_transaction_open_for_an_hour_is_named_in_the_alert(witnessed, as_owner, caplog):
    """The app's role may not see since when another role's transaction is open, and names it all the same."""
    seal_all()
    an_hour_ago = """INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)
        VALUES (gen_random_uuid(), now() - interval '1 hour', 'x.y', 1, 's', 'person', 'l', 'web', 'role', 'ok')"""
    owner = engines.urls(witnessed).owner
    with psycopg.connect(owner, application_name="a forgotten backfill") as forgotten:
        forgotten.execute(an_hour_ago)
        as_owner(an_hour_ago)
        assert seal() == 0
        named = f"Process {forgotten.info.backend_pid} of role opsconsole_owner (a forgotten backfill)"
        (alert,) = [line for line in caplog.records if line.message == "events wait for their seal"]
        assert 3590 < alert.oldest_seconds < 3700
        assert any(said.startswith(named) for said in alert.waits_for)
        late = next(finding for finding in findings() if finding.title.startswith("Waiting"))
        assert (late.tone, any(said.startswith(named) for said in late.more)) == ("bad", True)
        forgotten.rollback()
    caplog.clear()
    assert seal() == 1
    assert caplog.records == []


def test_a_witness_that_did_not_take_the_head_is_red(witnessed, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.WITNESSES = [f"folder:{tmp_path}/file"]
    seal_all()
    assert tone_of("Witness ") == "bad"


def test_rights_are_told_for_every_role(witnessed):
    rights = {right.role: right.rights for right in database_rights()}
    assert rights["opsconsole_app"] == "insert (what the verbs fill in), select"
    assert "truncate" in rights["opsconsole_owner"]
    assert rights["postgres"] == "anything: a superuser"


def test_an_event_in_the_spare_part_is_told(witnessed, as_owner):
    as_owner(
        """INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome)
           VALUES (gen_random_uuid(), '2001-01-01', 'x.y', 1, 's', 'person', 'l', 'web', 'role', 'ok')"""
    )
    assert tone_of("Months") == "notice"


def test_the_page_tells_findings_rights_and_keys(witnessed, browse_as):
    seal_all()
    verify_log()
    page = browse_as("compliance").get("/audit/integrity/").content.decode()
    for words in (
        "Full verification",
        "Signed head",
        "Witness folder:",
        "opsconsole_app",
        "127.0.0.1/audit+",
        "Every leaf, tile",
    ):
        assert words in page, words
    assert browse_as("agent").get("/audit/integrity/").status_code == 403


def test_beat_seals_and_verifies(committed):
    schedule = beat_schedule()
    assert schedule["audit-seal"]["task"] == "audit.tasks.seal"
    assert schedule["audit-verify"]["schedule"] <= 60
    write()
    assert seal() > 0
    assert seal() == 0


def test_the_log_is_verified_once_and_again_only_after_most_of_an_hour(committed, events, monkeypatch):
    from datetime import timedelta

    from audit import integrity

    verify_the_log()
    verify_the_log()
    assert len(events("log.verified")) == 1
    monkeypatch.setattr(integrity, "VERIFY_EVERY", timedelta())
    verify_the_log()
    assert len(events("log.verified")) == 2


def test_the_age_of_the_oldest_unsealed_event_is_a_metric(committed, client):
    write()
    seal_all()
    page = client.get("/metrics").content.decode()
    assert "opsconsole_audit_oldest_unsealed_seconds 0.0" in page
