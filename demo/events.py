from audit.registry import EventType, register

register(
    EventType(
        "demo.history_seeded", 1, "{actor} filled the demo with {cases} past cases; their events are marked as seeded",
        fields=("cases",), category="AU-2: demonstration data",
    ),
    EventType(
        "demo.book_filled", 1, "{actor} put {tenants} tenants into the success manager's book; its notes are marked as seeded",
        fields=("tenants",), category="AU-2: demonstration data",
    ),
    EventType(
        "demo.reviews_seeded", 1, "{actor} filled the demo with {reviews} access reviews; their events are marked as seeded",
        fields=("reviews",), category="AU-2: demonstration data",
    ),
)  # fmt: skip
