from audit.registry import EventType, register

register(
    EventType(
        "stream.replayed",
        1,
        "{actor} set {object} back: the log is handed out again from entry {entry}",
        fields=("entry", "log", "stood_at"),
        category="AU-2: use of the log",
        retention="access",
        sensitivity="high",
    ),
)
