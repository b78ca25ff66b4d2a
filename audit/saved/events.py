from audit.registry import EventType, register

USE = "AU-2: use of the log"

register(
    EventType(
        "view.saved",
        1,
        "{actor} kept a search of the log as {object}, by {filters}",
        fields=("filters",),
        category=USE,
        retention="access",
    ),
    EventType(
        "view.shared",
        1,
        "{actor} showed the search {object} to all reviewers",
        category=USE,
        retention="access",
    ),
    EventType(
        "view.unshared",
        1,
        "{actor} kept the search {object} for themselves",
        category=USE,
        retention="access",
    ),
    EventType("view.removed", 1, "{actor} removed the search {object}", category=USE, retention="access"),
)
