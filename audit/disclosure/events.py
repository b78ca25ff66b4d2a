from audit.registry import EventType, register

PRIVATE = "AU-2: use of values kept apart"

register(
    EventType(
        "value.disclosed",
        1,
        "{actor} was shown the {value} that an event commits to: {reason}",
        fields=("value", "reason"),
        category=PRIVATE,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "value.erased",
        1,
        "{actor} erased the {value} that an event commits to, asked for under {request}: {reason}",
        fields=("value", "request", "reason"),
        category=PRIVATE,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "value.all_erased",
        1,
        "{actor} erased all {count} values that events about {object} commit to, asked for under {request}: {reason}",
        fields=("count", "request", "reason"),
        category=PRIVATE,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "value.expired",
        2,
        "{count} values kept apart with events of the class {retention} were erased after {months} months",
        fields=("count", "retention", "months"),
        category=PRIVATE,
        retention="policy",
    ),
)
