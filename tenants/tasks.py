from celery import shared_task

from audit.context import surface
from tenants.actions import refresh_directory
from tenants.sources.base import SourceError


def refresh() -> int:
    """Bring the tenant directory up to date and return how many tenants it lists; 0 where the source does not answer."""
    try:
        return refresh_directory()
    except SourceError:
        return 0


@shared_task(name="tenants.tasks.refresh_the_directory")
def refresh_the_directory() -> None:
    """One refresh; a source that does not answer is an event and leaves the mirror as it was."""
    with surface("task"):
        refresh()
