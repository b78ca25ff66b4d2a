"""What unusual use leaves in the log."""

from audit.registry import EventType, register
from grants.events import REVIEWING

register(
    EventType(
        "use.flagged",
        1,
        "The rule “{rule}” flagged the use of {subject}[ at {tenant}]: {what}[ {then}]",
        fields=("rule", "what", "events", "then"),
        category=REVIEWING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "flag.dismissed",
        1,
        "{actor} dismissed a flag of “{rule}” on the use of {subject}[ at {tenant}]: {comment}",
        fields=("rule", "what", "comment"),
        category=REVIEWING,
        retention="access",
    ),
    EventType(
        "flag.escalated",
        1,
        "{actor} escalated a flag of “{rule}” on the use of {subject}[ at {tenant}]: {comment}",
        fields=("rule", "what", "comment"),
        category=REVIEWING,
        retention="access",
        sensitivity="high",
    ),
)
