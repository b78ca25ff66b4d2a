from audit.registry import EventType, register

_ACCESS = "AU-2: access to customer data"
_WORK = "AU-2: work on a ticket"

register(
    EventType(
        "reviews.opened",
        1,
        "{actor} opened the list of reviews",
        category="AU-2: use of the log",
        retention="access",
    ),
    EventType(
        "panel.answered",
        1,
        "{actor} said whether {panel} of {tenant} gave the answer[ for ticket {ticket}]: {verdict}",
        fields=("panel", "key", "verdict"),
        category=_WORK,
        retention="access",
    ),
    EventType(
        "portfolio.opened",
        1,
        "{actor} looked at the health of {tenants}[ and {more} more tenants of their book]",
        fields=("tenants", "more", "queries", "scopes"),
        category=_ACCESS,
        retention="access",
    ),
    EventType(
        "portfolio.query_failed",
        1,
        "{query} of the portfolio could not be shown: {sentence}",
        fields=("query", "sentence", "source", "rows"),
        category="AU-2: failed access to customer data",
        retention="access",
    ),
    EventType(
        "portfolio.leak_stopped",
        1,
        "{query} of the portfolio returned rows of tenants it was not asked for; nothing of it was shown",
        fields=("query", "sentence", "source", "rows"),
        category="AU-2: information leak stopped",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "note.written",
        1,
        "{actor} wrote a note on {tenant}",
        category="AU-2: notes on a customer",
        retention="access",
    ),
)
