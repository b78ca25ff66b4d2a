from audit.registry import EventType, register

RETENTION = "AU-2: retention of the log"

register(
    EventType(
        "hold.placed",
        1,
        "{actor} placed a legal hold on {object}[, {period}] under {ticket}: {reason}",
        fields=("period", "reason"),
        category=RETENTION,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "hold.lifted",
        1,
        "{actor} lifted the legal hold on {object} that {placer} placed under {ticket}: {reason}",
        fields=("placer", "reason"),
        category=RETENTION,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "log.month_due",
        1,
        "The time of every event of {object} is over: the month may be archived",
        fields=("months",),
        category=RETENTION,
        retention="policy",
    ),
    EventType(
        "log.archived",
        1,
        "{events} events of {object} went into a signed file and left the database",
        fields=("events", "digest", "size", "months"),
        category=RETENTION,
        retention="policy",
        sensitivity="high",
    ),
)
