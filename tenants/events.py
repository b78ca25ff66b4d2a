from audit.registry import EventType, register

_ACCESS = "AU-2: access to customer data"

register(
    EventType(
        "panel.opened",
        1,
        "{actor} opened {panel} of {tenant}[ under ticket {ticket}]",
        fields=("panel", "panels", "scopes"),
        category=_ACCESS,
        retention="access",
    ),
    EventType(
        "panel.section_failed",
        1,
        "{section} of {panel} could not be shown for {tenant}: {sentence}",
        fields=("panel", "section", "sentence", "source"),
        category="AU-2: failed access to customer data",
        retention="access",
    ),
    EventType(
        "panel.leak_stopped",
        1,
        "{section} of {panel} returned rows that do not belong to {tenant}; nothing of it was shown",
        fields=("panel", "section", "source", "rows"),
        category="AU-2: information leak stopped",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "field.revealed",
        1,
        "{actor} saw {column} in {section} of {panel} of {tenant} in clear[ under ticket {ticket}]: {reason}",
        fields=("panel", "section", "column", "row", "reason", "scope"),
        category=_ACCESS,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "directory.refreshed",
        1,
        "The tenant directory changed: {added} added, {changed} changed, {gone} gone[, {skipped} not readable]",
        fields=("added", "changed", "gone", "skipped", "source"),
        category="AU-2: change of reference data",
    ),
    EventType(
        "directory.failed",
        1,
        "The tenant directory could not be refreshed: {sentence}",
        fields=("sentence", "source"),
        category="AU-2: failed change of reference data",
    ),
)
