"""What beat starts. Authority never waits for these: they write history."""

from collections.abc import Callable

from celery import shared_task

from impersonation import actions

SWEEPS: dict[str, Callable[[], int]] = {
    "support sessions that ended": actions.end_what_is_over,
    "support sessions without their user": actions.end_of_subjects,
}
"""Name of a sweep -> one pass; returns how many rows it wrote."""

BEAT: dict[str, tuple[str, float]] = {
    "impersonation.close": ("impersonation.tasks.close_sessions", 2.0),
    "impersonation.subjects": ("impersonation.tasks.check_subjects", 15.0),
}
"""Name of a beat entry -> task and seconds between two runs."""


@shared_task(name="impersonation.tasks.close_sessions")
def close_sessions() -> None:
    """Write down every end that the law has decided."""
    actions.end_what_is_over()


@shared_task(name="impersonation.tasks.check_subjects")
def check_subjects() -> None:
    """End sessions whose customer user was switched off or promoted."""
    actions.end_of_subjects()
