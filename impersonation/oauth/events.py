"""What the hand-off to the product, and the product itself, leave in the log. `at` is when the product says it happened."""

from audit.registry import EventType, register

HANDING = "AU-2: acting as a customer"
SEEN = "AU-2: access to customer data"

register(
    EventType(
        "session.product_opening",
        1,
        "{actor} is on the way into {product} as {subject} of {tenant} under ticket {ticket}",
        fields=("product",),
        category=HANDING,
        retention="access",
    ),
    EventType(
        "session.code_given",
        1,
        "{product} was given a code for the session of {actor} as {subject} of {tenant} under ticket {ticket}",
        fields=("product",),
        category=HANDING,
        retention="access",
    ),
    EventType(
        "session.entered",
        1,
        "{actor} entered {product} as {subject} of {tenant} under ticket {ticket}",
        fields=("product",),
        category=HANDING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "session.code_reused",
        1,
        "{actor} brought a code of the session as {subject} of {tenant} for the second time; the session ends",
        category="AU-2: misuse of access",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "product.area_entered",
        1,
        "{actor} went to {area} in {product} as {subject} of {tenant} under ticket {ticket}",
        fields=("area", "product", "at"),
        category=SEEN,
        retention="access",
    ),
    EventType(
        "product.page_seen",
        1,
        "{actor} saw {what} in {product} as {subject} of {tenant} under ticket {ticket}",
        fields=("what", "area", "product", "at"),
        category=SEEN,
        retention="access",
    ),
    EventType(
        "product.try_blocked",
        1,
        "{actor} tried {what} in {product} as {subject} of {tenant} and was stopped[: {rule}]",
        fields=("what", "rule", "scope", "area", "product", "at"),
        category="AU-2: refused access",
        retention="access",
    ),
    EventType(
        "product.changed",
        1,
        "{actor} changed {what} of {tenant} in {product}[ from {old}][ to {new}] as {subject} under ticket {ticket}",
        fields=("what", "old", "new", "product", "at"),
        category="AU-2: change of customer data",
        retention="access",
        sensitivity="high",
        private=("old", "new"),
    ),
    EventType(
        "product.session_left",
        1,
        "{product} closed the session of {actor} as {subject} of {tenant}[: {cause}]",
        fields=("cause", "shown", "unshown", "product", "at"),
        category=HANDING,
        retention="access",
    ),
    EventType(
        "product.reports_missing",
        1,
        "{count} reports of {product} on a session under ticket {ticket} did not arrive: {numbers}",
        fields=("count", "numbers", "product"),
        category="AU-2: completeness of the log",
        retention="access",
        sensitivity="high",
    ),
)
