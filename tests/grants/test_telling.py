"""The outbox: written with the verb, delivered later, never lost and never doubled."""

from grants.delivery import deliver_outbox
from grants.models import Notice, Outbox
from grants.tasks import SWEEPS, close_what_is_over, deliver
from opsconsole.lib import registry
from tests.grants import desk


def told(kind):
    return sorted(Notice.objects.filter(outbox__kind=kind).values_list("person__username", flat=True))


def test_everybody_concerned_is_told_once(db, browse_as, tenant):
    agent = browse_as("agent")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    desk.post(agent, f"/grants/{grant.pk}/revoke/")
    assert deliver_outbox() == 3
    assert deliver_outbox() == 0
    assert told("approved") == told("ended") == ["agent"]
    assert set(Outbox.objects.values_list("attempts", flat=True)) == {0}


def test_who_decides_is_told_but_never_who_asks(db, browse_as, tenant):
    desk.asked(browse_as("approver"), tenant)
    deliver_outbox()
    assert told("asked") == ["approver2"]
    notice = Notice.objects.get()
    assert notice.path.startswith("/requests/")
    assert "agent" not in notice.sentence


def test_a_message_that_fails_is_kept_tried_again_and_at_last_put_aside(db, browse_as, tenant, monkeypatch):
    from grants import delivery

    desk.asked(browse_as("agent"), tenant)
    monkeypatch.setitem(delivery.SENTENCES, Outbox.Kind.ASKED, "{no_such_word}")
    for attempt in range(1, delivery.MOST_ATTEMPTS + 1):
        assert deliver_outbox() == 1
        row = Outbox.objects.get()
        assert (row.attempts, row.delivered_at) == (attempt, None)
        assert "KeyError" in row.error
        assert deliver_outbox() == 0
        Outbox.objects.update(next_try_at=row.made_at)
    assert Outbox.objects.get().dead_at is not None
    assert not Notice.objects.exists()


def test_the_tasks_run_as_beat_starts_them(committed, browse_as, tenant, shift):
    grant = desk.granted(browse_as("agent"), browse_as("approver"), tenant)
    shift(grant, -1801)
    close_what_is_over()
    deliver()
    grant.refresh_from_db()
    assert grant.status == "ended"
    assert told("ended") == ["agent"]
    assert set(SWEEPS) <= set(registry.sweeps)
    assert {"grants.close", "grants.deliver"} <= set(registry.beat_entries)
