"""The verb of one's own inbox. It changes nothing that others see, so it leaves no event."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from grants.models import Notice
from opsconsole.lib.clock import database_now


def mark_read(*, actor: Person, notices: Iterable[UUID] | None = None) -> int:
    """Mark lines of one's own inbox as read, all of them where none are named, and return how many were unread."""
    with transaction.atomic(durable=True):
        unread = Notice.objects.filter(person=actor, read_at__isnull=True)
        if notices is not None:
            unread = unread.filter(pk__in=list(notices))
        return unread.update(read_at=database_now())
