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
        "log.proof_taken",
        1,
        "{actor} took a proof of an event of the log: {object}",
        category="AU-2: use of the log",
        retention="access",
    ),
    EventType(
        "log.verified",
        1,
        "The whole log was verified: {finding}",
        fields=("finding", "events", "heads", "copies"),
        category="AU-2: verification of the log",
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "log.event_opened",
        1,
        "{actor} opened an event of the log: {object}",
        category="AU-2: use of the log",
        retention="access",
    ),
)
