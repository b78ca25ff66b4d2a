from audit.registry import EventType, register

EXPORT = "AU-2: export of evidence"

register(
    EventType(
        "evidence.asked",
        1,
        "{actor} asked for an evidence pack about {object}, {period}[, with {extra}]: {reason}",
        fields=("period", "extra", "reason"),
        category=EXPORT,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "evidence.approved",
        1,
        "{actor} agreed to the evidence pack about {object} that {asker} asked for[: {comment}]",
        fields=("asker", "comment"),
        category=EXPORT,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "evidence.denied",
        1,
        "{actor} did not agree to the evidence pack about {object} that {asker} asked for: {comment}",
        fields=("asker", "comment"),
        category=EXPORT,
        retention="policy",
    ),
    EventType(
        "evidence.lapsed",
        1,
        "Nobody decided in time on the evidence pack about {object} that {asker} asked for",
        fields=("asker",),
        category=EXPORT,
        retention="policy",
    ),
    EventType(
        "evidence.made",
        1,
        "The evidence pack about {object} was made, with {events} events",
        fields=("events", "values", "digest", "size"),
        category=EXPORT,
        retention="policy",
    ),
    EventType(
        "evidence.failed",
        1,
        "The evidence pack about {object} could not be made: {cause}",
        fields=("cause",),
        category=EXPORT,
        retention="policy",
    ),
    EventType(
        "evidence.downloaded",
        1,
        "{actor} took the evidence pack about {object} away",
        fields=("digest",),
        category=EXPORT,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "evidence.removed",
        1,
        "The file of the evidence pack about {object} was removed after {days} days",
        fields=("days",),
        category=EXPORT,
        retention="policy",
    ),
)
