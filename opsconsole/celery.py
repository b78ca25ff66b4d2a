"""Celery, set so that a killed worker loses nothing: work is acknowledged late and authority never waits for it."""

import os

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")
app = Celery("opsconsole")


def broker_url(redis_url: str) -> str:
    """Return Celery's own spelling of a Redis URL: it names sockets in another way than redis-py."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?db=")
    return f"redis+socket://{path}?virtual_host={query or 0}"


def _configure() -> None:
    from django.conf import settings

    app.conf.update(
        broker_url=broker_url(settings.REDIS_URL),
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=2,
        task_serializer="json",
        accept_content=["json"],
        task_publish_retry=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": 180,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
        },
        timezone="UTC",
        beat_max_loop_interval=1,
    )


_configure()
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_json_logs(**_: object) -> None:
    """Leave logging as settings have it."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@app.on_after_finalize.connect
def schedule(sender: Celery, **_: object) -> None:
    """Code is the only schedule. Entries expire, so that a dead worker leaves no pile of messages."""
    from opsconsole.schedule import beat_schedule

    sender.conf.beat_schedule = beat_schedule()


_open: dict[str, object] = {}


@task_prerun.connect
def enter_task(task_id: str, **_: object) -> None:
    """Run each task as one unit of work of the log."""
    from audit.context import surface

    unit = surface("task")
    unit.__enter__()
    _open[task_id] = unit


@task_postrun.connect
def leave_task(task_id: str, **_: object) -> None:
    """Close the unit of work."""
    unit = _open.pop(task_id, None)
    if unit is not None:
        unit.__exit__(None, None, None)  # type: ignore[attr-defined]
