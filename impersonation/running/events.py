"""What approved actions leave in the log. Values stand there only where the policy calls them safe."""

from audit.registry import EventType, register

RUNNING = "AU-2: change of customer data"

register(
    EventType(
        "action.opened",
        1,
        "{actor} looked at what “{action}” would change on {tenant} under ticket {ticket}",
        fields=("action",),
        category="AU-2: access to customer data",
        retention="access",
    ),
    EventType(
        "action.started",
        1,
        "{actor} ran “{action}” on {tenant}[ as {subject}] under ticket {ticket}",
        fields=("action", "scope", "consequence"),
        category="AU-2: acting as a customer",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "action.finished",
        1,
        "{actor} asked for “{action}” on {tenant} under ticket {ticket}, and {result}[: {what} changed][ from {before}][ to {after}]",
        fields=("action", "result", "sentence", "what", "before", "after"),
        category=RUNNING,
        retention="access",
        sensitivity="high",
        private=("old", "new"),
    ),
)
