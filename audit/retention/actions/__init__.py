"""The verbs of retention: place and lift a legal hold, tell of a month whose time is over, archive it."""

from audit.retention.actions.archiving import MonthStays, archive_month
from audit.retention.actions.holding import (
    ACT,
    HoldIsLifted,
    MayNotHold,
    SamePersonForHold,
    lift_hold,
    place_hold,
)
from audit.retention.actions.reminding import tell_of_due_months

__all__ = [
    "ACT",
    "HoldIsLifted",
    "MayNotHold",
    "MonthStays",
    "SamePersonForHold",
    "archive_month",
    "lift_hold",
    "place_hold",
    "tell_of_due_months",
]
