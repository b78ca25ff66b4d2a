"""The console's worker without one sweep: a crowd's scopes are none of the policy's, and that sweep would end it before its time."""

from celery import Celery

from opsconsole.celery import app

__all__ = ["app"]


@app.on_after_finalize.connect
def leave_out(sender: Celery, **_: object) -> None:
    """Take the sweep of access without ground off the schedule; runs after the console has made it."""
    sender.conf.beat_schedule.pop("grants.grounds")
