"""What matching, and the marks of reviewed periods, leave in the log."""

from audit.registry import EventType, register
from grants.events import REVIEWING

register(
    EventType(
        "finding.made",
        1,
        "Matching approvals with their use found on the access of {subject} to {tenant} under ticket {ticket}: {what}",
        fields=("what", "kind", "events"),
        category=REVIEWING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "finding.closed",
        1,
        "{actor} looked at what matching found on the access of {subject} to {tenant} under ticket {ticket}: {word}",
        fields=("what", "word", "comment"),
        category=REVIEWING,
        retention="access",
    ),
    EventType(
        "period.reviewed",
        1,
        "{actor} reviewed {since} to {until}: {findings}, {left_open} left open",
        fields=(
            "since",
            "until",
            "findings",
            "closed",
            "left_open",
            "lists",
            "matched_to",
            "comment",
        ),
        category=REVIEWING,
        retention="policy",
        sensitivity="high",
    ),
)
