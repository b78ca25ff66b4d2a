from contextlib import suppress

from celery import shared_task

from audit.context import surface
from tenants.actions import refresh_directory
from tenants.sources.base import SourceError


@shared_task(name="tenants.tasks.refresh_the_directory")
def refresh_the_directory() -> int:
    """Bring the tenant directory up to date; a source that does not answer is an event and leaves the mirror as it was."""
    with surface("task"), suppress(SourceError):
        return refresh_directory()
    return 0
