from audit.registry import EventType, register

register(
    EventType(
        "person.off_boarded",
        1,
        "{actor} off-boarded {object}, and {count} things ended: {reason}[. What they looked after went to {to}]",
        fields=("reason", "count", "ended", "to"),
        category="AU-2: change of accounts and rights",
        retention="people",
        sensitivity="high",
    )
)
