"""What beat starts. Authority never waits for these: they write history and tell people."""

import math
import time
from collections.abc import Callable

from celery import shared_task

from grants import actions
from grants.campaigns.actions import open_quarterly, remind_reviewers, settle_late_reviews
from grants.delivery import deliver_outbox, remind, send_waiting
from grants.matching.actions import match_uses
from grants.unusual.actions import flag_unusual_use, flag_what_the_rows_say

MOST_BATCHES = 40  # a pass: 20,000 rows, so that one pass never runs for minutes
TELLING_SECONDS = 1.0  # of one pass: telling people gives the worker back, so that writing down what ended never queues behind mails

SWEEPS: dict[str, Callable[[], int]] = {}
"""Name of a sweep -> one pass over all that is due; returns how many rows it wrote."""

BEAT: dict[str, tuple[str, float]] = {
    "grants.close": ("grants.tasks.close_what_is_over", 1.0),
    "grants.grounds": ("grants.tasks.close_what_lost_its_ground", 5.0),
    "grants.fit": ("grants.tasks.check_what_is_open", 60.0),
    "grants.deliver": ("grants.tasks.deliver", 2.0),
    "grants.send": ("grants.tasks.send", 2.0),
    "grants.remind": ("grants.tasks.write_reminders", 20.0),
    "grants.match": ("grants.tasks.match_what_was_sealed", 10.0),
    "grants.standing": ("grants.tasks.run_access_reviews", 300.0),
    "grants.unusual": ("grants.tasks.look_for_unusual_use", 30.0),
    "grants.rows": ("grants.tasks.compare_rows_with_the_log", 300.0),
}
"""Name of a beat entry -> task and seconds between two runs."""


def _until_done(batch: Callable[[], int], seconds: float = math.inf) -> int:
    total, deadline = 0, time.monotonic() + seconds
    for _ in range(MOST_BATCHES):
        done = batch()
        total += done
        if not done or time.monotonic() > deadline:
            break
    return total


def _sweep(name: str, batch: Callable[[], int]) -> None:
    SWEEPS[name] = lambda: _until_done(batch)


_sweep("grants that expired", actions.expire_grants)
_sweep("grants that started", actions.start_grants)
_sweep("requests that lapsed", actions.lapse_requests)
_sweep("grants without ground", actions.end_without_ground)
_sweep("grants that were narrowed", actions.tell_narrowed)
SWEEPS["grants that no longer fit"] = actions.tell_unfit  # one pass: it looks at every open grant
_sweep("reminders written", remind)
_sweep("notices delivered", deliver_outbox)
_sweep("sealed entries matched", match_uses)
_sweep("sealed entries held against the rules of unusual use", flag_unusual_use)
_sweep("access reviews that were late", settle_late_reviews)
_sweep("access reviews that were begun", open_quarterly)
_sweep("reviewers reminded", remind_reviewers)
SWEEPS["flags from rows"] = flag_what_the_rows_say  # one pass: it compares all rows with the log
SWEEPS["messages sent"] = send_waiting  # one pass: it has a time limit of its own


@shared_task(name="grants.tasks.close_what_is_over")
def close_what_is_over() -> None:
    """Write down every end and every start that the clock has reached."""
    for batch in (actions.expire_grants, actions.start_grants, actions.lapse_requests):
        _until_done(batch)


@shared_task(name="grants.tasks.close_what_lost_its_ground")
def close_what_lost_its_ground() -> None:
    """Write down which access ended, or became less, by a change of the policy, of the person or of the tenant."""
    for batch in (actions.end_without_ground, actions.tell_narrowed):
        _until_done(batch)


@shared_task(name="grants.tasks.check_what_is_open")
def check_what_is_open() -> None:
    """Tell the reviewers of open access whose rows no longer fit what was approved."""
    actions.tell_unfit(seconds=TELLING_SECONDS)


@shared_task(name="grants.tasks.deliver")
def deliver() -> None:
    """Deliver what the outbox holds."""
    _until_done(deliver_outbox, TELLING_SECONDS)


@shared_task(name="grants.tasks.send")
def send() -> None:
    """Send what waits for e-mail and webhooks; a task of its own, so that a slow receiver holds up no inbox."""
    send_waiting(seconds=TELLING_SECONDS)


@shared_task(name="grants.tasks.write_reminders")
def write_reminders() -> None:
    """Write the reminders that are due."""
    _until_done(remind, TELLING_SECONDS)


@shared_task(name="grants.tasks.match_what_was_sealed")
def match_what_was_sealed() -> None:
    """Hold what was sealed since the last time against the approvals it rests on."""
    _until_done(match_uses)


@shared_task(name="grants.tasks.look_for_unusual_use")
def look_for_unusual_use() -> None:
    """Hold what was sealed since the last time against the rules of the policy."""
    _until_done(flag_unusual_use)


@shared_task(name="grants.tasks.compare_rows_with_the_log")
def compare_rows_with_the_log() -> None:
    """Flag access without a note, and rights that the log knows nothing of."""
    flag_what_the_rows_say()


@shared_task(name="grants.tasks.run_access_reviews")
def run_access_reviews() -> None:
    """Settle the reviews of standing access that are late, begin that of the quarter, and remind the reviewers."""
    for batch in (settle_late_reviews, open_quarterly, remind_reviewers):
        _until_done(batch)
