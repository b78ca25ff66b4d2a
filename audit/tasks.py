from celery import shared_task
from django.db import connection


@shared_task
def make_partitions_ahead() -> None:
    """Make this month's partition of the log and the three after it; what is there already stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partitions_ahead()")
