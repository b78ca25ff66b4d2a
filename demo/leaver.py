"""The agent who left this week, off-boarded by the administrator: what they had went to the second agent or ended."""

from datetime import timedelta

from django.db import transaction

from accounts.leaving.actions import Leaving, end_everything
from accounts.models import Person
from audit.context import seeding
from opsconsole.lib.clock import database_now

AGO = timedelta(hours=3)
REASON = "Their last day was Friday; the open cases go to the second agent."


def off_board_leaver() -> int:
    """Off-board the former agent once, and return how many things ended."""
    people = {one.username: one for one in Person.objects.filter(username__in=("agent4", "agent2", "admin"))}
    leaver, admin = people["agent4"], people["admin"]
    if not leaver.is_active:
        return 0
    with seeding(database_now() - AGO), transaction.atomic(durable=True):
        return len(end_everything(Leaving(leaver, REASON, admin, admin.as_actor(), people["agent2"])))
