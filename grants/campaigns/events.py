"""What access reviews leave in the log."""

from audit.registry import EventType, register
from grants.events import REVIEWING

register(
    EventType(
        "access_review.opened",
        1,
        "{actor} began the access review “{object}”: {lines} roles and rights, until {until}",
        fields=("lines", "until", "left_out"),
        category=REVIEWING,
        retention="policy",
    ),
    EventType(
        "access_review.kept",
        1,
        "{actor} kept in the access review “{object}”, for {subject}: {what}[, {then}][: {comment}]",
        fields=("what", "then", "comment", "last_used"),
        category=REVIEWING,
        retention="policy",
    ),
    EventType(
        "access_review.reduced",
        1,
        "{actor} reduced in the access review “{object}”, for {subject}: {what}, {then}[: {comment}]",
        fields=("what", "then", "comment", "last_used"),
        category=REVIEWING,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "access_review.ended",
        1,
        "{actor} ended in the access review “{object}”, for {subject}: {what}[: {comment}]",
        fields=("what", "then", "comment", "last_used"),
        category=REVIEWING,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "access_review.overdue",
        1,
        "Nobody looked in time in the access review “{object}”, for {subject}: {what}. {then}",
        fields=("what", "then", "last_used"),
        category=REVIEWING,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "access_review.reminded",
        1,
        "The reviewers of “{object}” were reminded: {open} of {lines} wait, until {until}",
        fields=("open", "lines", "until"),
        category=REVIEWING,
        retention="policy",
    ),
    EventType(
        "access_review.passed_on",
        1,
        "{lines} lines of the access review “{object}” that waited for {subject}, who leaves, wait for {to}",
        fields=("lines", "to"),
        category=REVIEWING,
        retention="policy",
    ),
    EventType(
        "access_review.closed",
        1,
        "{actor} closed the access review “{object}”: {kept} kept, {reduced} reduced, {ended} ended; its result has the digest {digest}",
        fields=("lines", "kept", "reduced", "ended", "overdue", "gone", "digest"),
        category=REVIEWING,
        retention="policy",
        sensitivity="high",
    ),
)
