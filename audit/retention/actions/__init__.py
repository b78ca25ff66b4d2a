"""The verbs of retention: place and lift a legal hold, archive a month."""

from audit.retention.actions.archiving import MonthStays, archive_month
from audit.retention.actions.holding import (
    ACT,
    HoldIsLifted,
    MayNotHold,
    SamePersonForHold,
    lift_hold,
    place_hold,
)

__all__ = [
    "ACT",
    "HoldIsLifted",
    "MayNotHold",
    "MonthStays",
    "SamePersonForHold",
    "archive_month",
    "lift_hold",
    "place_hold",
]
