from audit.registry import EventType, register

register(
    EventType(
        "demo.history_seeded", 1, "{actor} filled the demo with {cases} past cases; their events are marked as seeded",
        fields=("cases",), category="AU-2: demonstration data",
    )
)  # fmt: skip
