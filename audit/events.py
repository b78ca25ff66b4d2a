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
)
