from audit.registry import EventType, register

CONSENT = "AU-2: customer's consent"
LINKS = "AU-2: disclosure to the customer"

register(
    EventType(
        "consent.mode_set",
        1,
        "{actor} set how {tenant} takes part before access: {mode}, before that {before}; {reason}",
        fields=("mode", "before", "reason"),
        category=CONSENT,
        retention="policy",
        sensitivity="high",
    ),
    EventType(
        "consent.given",
        1,
        "{actor} agreed to {scopes} for {minutes} minutes under ticket {ticket}[; access runs until {until}][; it waits for {waits_for}]",
        fields=("scopes", "minutes", "until", "waits_for"),
        category=CONSENT,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "consent.refused",
        1,
        "{actor} did not agree to access under ticket {ticket}[; {then}]",
        fields=("scopes", "comment", "then"),
        category=CONSENT,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "consent.unanswered",
        1,
        "{tenant} did not answer in time about access under ticket {ticket}; as the policy says, it goes on[, until {until}]",
        fields=("scopes", "minutes", "until"),
        category=CONSENT,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "customer_link.made",
        1,
        "{actor} made a link for {tenant} to {what}, good until {until}: {reason}",
        fields=("what", "until", "reason"),
        category=LINKS,
        retention="access",
    ),
    EventType(
        "customer_link.revoked",
        1,
        "{actor} revoked a link of {tenant} to {what}",
        fields=("what",),
        category=LINKS,
        retention="access",
    ),
    EventType(
        "customer_link.opened",
        1,
        "{actor} opened {what}[ under ticket {ticket}]",
        fields=("what",),
        category=LINKS,
        retention="access",
    ),
    EventType(
        "customer_link.held_back",
        1,
        "Links of customers were tried too often from one place; it is held back for {minutes} minutes",
        fields=("minutes",),
        category="AU-2: refused access",
        retention="access",
        sensitivity="high",
    ),
)
