from audit.registry import EventType, register

register(
    EventType(
        "policy.proposed",
        1,
        "{actor} proposed policy {object}",
        category="AU-2: change of policy",
        retention="policy",
    ),
    EventType(
        "policy.activated",
        1,
        "{actor} activated policy {object}",
        category="AU-2: change of policy",
        retention="policy",
    ),
    EventType(
        "request.refused",
        1,
        "{actor} was refused[ on {tenant}]: {sentence}",
        fields=("sentence", "method", "route", "scope"),
        category="AU-2: refused access",
        retention="access",
    ),
    EventType(
        "log.searched",
        1,
        "{actor} looked at the log[, by {filters}]",
        fields=("filters",),
        category="AU-2: use of the log",
        retention="access",
    ),
    EventType(
        "log.event_opened",
        1,
        "{actor} opened an event of the log: {object}",
        category="AU-2: use of the log",
        retention="access",
    ),
)
