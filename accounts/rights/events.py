from audit.registry import EventType, register

RIGHTS = "AU-2: change of accounts and rights"

register(
    EventType(
        "object_right.given",
        2,
        "{actor} gave {subject} a standing right on {object}: {right}, to be reviewed on {review_on}[, until {until}]: {reason}",
        fields=("right", "reason", "owner", "review_on", "until"),
        category=RIGHTS,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "object_right.renewed",
        1,
        "{actor} kept the right of {subject} on {object}: {right}, to be reviewed on {review_on}[, until {until}]: {reason}",
        fields=("right", "reason", "owner", "review_on", "until"),
        category=RIGHTS,
        retention="people",
    ),
    EventType(
        "object_right.ended",
        1,
        "The right of {subject} on {object} ended: {right}. {cause}[, by {by}][: {comment}]",
        fields=("right", "cause", "by", "comment"),
        category=RIGHTS,
        retention="people",
        sensitivity="high",
    ),
)
