from audit.registry import EventType, register

register(
    EventType(
        "panel.previewed",
        1,
        "{actor} tried {panel} of policy {version} on {tenant} as {role}",
        fields=("panel", "key", "version", "role", "scope"),
        category="AU-2: access to customer data",
        retention="access",
    ),
    EventType(
        "panel.tried_on_ticket",
        1,
        "{actor} tried {panel} of policy {version} on ticket {ticket}: {verdict}",
        fields=("panel", "key", "version", "verdict"),
        category="AU-2: change of policy",
        retention="policy",
    ),
)
