"""The console itself says when the time of a month is over: nothing leaves by itself, so somebody has to hear of it."""

from django.db import transaction
from django.urls import reverse

from audit.actions.recording import record
from audit.models import Event
from audit.refs import SYSTEM, Ref
from audit.retention.queries import Month, lock_retention, months
from audit.telling import tell_holders
from opsconsole.lib.clock import database_now

DUE = "log.month_due"


def tell_of_due_months() -> int:
    """Write an event for each month that may be archived now and tell those who review, once each; return how many there were."""
    with transaction.atomic(durable=True):
        lock_retention()
        told = set(Event.objects.filter(type=DUE).values_list("object_id", flat=True))
        now = database_now()
        due = [month for month in months() if month.due and month.due <= now and not month.stops]
        new = [month for month in due if month.name not in told]
        for month in new:
            _tell(month)
        if new:
            tell_holders("month_due", power="review", path=reverse("audit:retention"))
    return len(new)


def _tell(month: Month) -> None:
    record(
        DUE,
        actor=SYSTEM,
        authority="none",
        obj=Ref("month", month.name, month.title),
        months=month.months or 0,
    )
