"""What beat starts for the hand-off. The product is told at once by whatever ended a session; this is for what it did not take."""

from collections.abc import Callable

from celery import shared_task

from impersonation.oauth.actions.clients import forget_old_calls
from impersonation.oauth.actions.telling import send_news
from impersonation.running.actions import settle_lost_runs

SWEEPS: dict[str, Callable[[], int]] = {
    "words for the product": send_news,
    "old calls of the product": forget_old_calls,
    "runs without an outcome": settle_lost_runs,
}
BEAT: dict[str, tuple[str, float]] = {
    "impersonation.send_news": ("impersonation.oauth.tasks.send", 2.0),
    "impersonation.settle_runs": ("impersonation.oauth.tasks.settle", 60.0),
    "impersonation.forget_calls": ("impersonation.oauth.tasks.forget", 300.0),
}


@shared_task(name="impersonation.oauth.tasks.send")
def send() -> None:
    """Tell the product what it has not taken yet."""
    send_news()


@shared_task(name="impersonation.oauth.tasks.forget")
def forget() -> None:
    """Remove the ids of calls that are too old to come again."""
    forget_old_calls()


@shared_task(name="impersonation.oauth.tasks.settle")
def settle() -> None:
    """Say of runs whose end nobody wrote down that nobody knows it."""
    settle_lost_runs()
