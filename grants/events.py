"""What the life of an access leaves in the log.

Every verb writes exactly one event. The approval that completes a request also begins its grant: `request.approved` then names the grant
and says until when it runs. `grant.started` is written for the start of a grant that was asked for a later time, by the sweep.
"""

from audit.registry import EventType, register

ASKING = "AU-2: request for access"
DECIDING = "AU-2: decision on access"
HOLDING = "AU-2: temporary access"
REVIEWING = "AU-2: review of access"

register(
    EventType(
        "case.opened",
        1,
        "{actor} opened a case on {tenant} for ticket {ticket}",
        category="AU-2: support case",
        retention="access",
    ),
    EventType(
        "access.requested",
        1,
        "{actor} asked for {scopes} on {tenant} for {minutes} minutes[ for {for_person}] under ticket {ticket}[; {consent}]",
        fields=("scopes", "minutes", "for_person", "owner", "preset", "starts_at", "approvals_needed", "consent"),
        category=ASKING,
        retention="access",
    ),
    EventType(
        "request.approved",
        1,
        "{actor} approved {scopes} on {tenant} for {minutes} minutes[, leaving out {dropped}][; access runs until {until}]"
        "[; it waits for {waits_for}]",
        fields=("scopes", "minutes", "dropped", "until", "waits_for", "comment"),
        category=DECIDING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "request.approved_by_policy",
        1,
        "{actor} approved {scopes} on {tenant} for {minutes} minutes for {subject} by its rule “{rule}”, {number} of {most} that day"
        "; access runs until {until}",
        fields=("scopes", "minutes", "rule", "number", "most", "until"),
        category=DECIDING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "glass.broken",
        1,
        "{actor} broke glass on {tenant} under ticket {ticket}: {scopes}, without an approval, until {until}; {told} people were told",
        fields=("scopes", "minutes", "until", "told"),
        category=HOLDING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "glass.reviewed",
        1,
        "{actor} reviewed the break-glass of {subject} on {tenant} under ticket {ticket}: {verdict}",
        fields=("verdict", "comment"),
        category="AU-2: review of temporary access",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "request.opened",
        1,
        "{actor} opened the details of the request on {tenant} under ticket {ticket}",
        category=DECIDING,
        retention="access",
    ),
    EventType(
        "grant.reviewed",
        1,
        "{actor} looked at the access of {subject} to {tenant} under ticket {ticket}: {word}",
        fields=("word", "rules", "numbers", "comment"),
        category=REVIEWING,
        retention="access",
    ),
    EventType(
        "team.reviewed",
        1,
        "{actor} looked at the exceptions of {team} in the week of {week}: {word}",
        fields=("team", "week", "word", "numbers", "comment"),
        category=REVIEWING,
        retention="access",
    ),
    EventType(
        "request.denied",
        1,
        "{actor} denied {scopes} on {tenant} under ticket {ticket}",
        fields=("scopes", "comment"),
        category=DECIDING,
        retention="access",
    ),
    EventType(
        "request.withdrawn",
        1,
        "{actor} took back the request on {tenant} under ticket {ticket}",
        fields=("comment",),
        category=ASKING,
        retention="access",
    ),
    EventType(
        "request.lapsed",
        1,
        "The request of {subject} on {tenant} under ticket {ticket} lapsed, nobody decided in time",
        category=ASKING,
        retention="access",
    ),
    EventType(
        "grant.started",
        1,
        "The access of {subject} to {tenant} started; it runs until {until}",
        fields=("until",),
        category=HOLDING,
        retention="access",
    ),
    EventType(
        "grant.ended",
        1,
        "The access of {subject} to {tenant} ended: {cause}[, by {by}]",
        fields=("cause", "by", "comment"),
        category=HOLDING,
        retention="access",
    ),
    EventType(
        "grant.narrowed",
        1,
        "A new policy narrowed the access of {subject} to {tenant}[: {lost} ended]; the rest runs until {until}",
        fields=("lost", "until"),
        category=HOLDING,
        retention="access",
    ),
    EventType(
        "request.asked_back",
        1,
        "{actor} sent the request on {tenant} back with a question under ticket {ticket}",
        fields=("comment",),
        category=DECIDING,
        retention="access",
    ),
    EventType(
        "request.answered",
        1,
        "{actor} answered the question on {tenant} under ticket {ticket}; every earlier approval is void",
        fields=("comment",),
        category=ASKING,
        retention="access",
    ),
    EventType(
        "extension.requested",
        1,
        "{actor} asked for {minutes} more minutes of {scopes} on {tenant} under ticket {ticket}[; {consent}]",
        fields=("scopes", "minutes", "consent"),
        category=ASKING,
        retention="access",
    ),
    EventType(
        "grant.handed_over",
        1,
        "{actor} handed the access to {tenant} over to {subject}; it runs until {until}",
        fields=("until", "new_grant", "comment"),
        category=HOLDING,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "case.closed",
        1,
        "{actor} closed the case on {tenant} for ticket {ticket}: {how}[; it is {repeats}]",
        fields=("how", "repeats", "grants_ended", "kept", "kept_because"),
        category="AU-2: support case",
        retention="access",
    ),
    EventType(
        "case.facts_attached",
        1,
        "{actor} attached the facts of {what} of {tenant} to the case of ticket {ticket}",
        fields=("what", "scopes"),
        category="AU-2: access to customer data",
        retention="access",
    ),
    EventType(
        "case.facts_read",
        1,
        "{actor} read the attached facts of {what} of {tenant} in the case of ticket {ticket}",
        fields=("what",),
        category="AU-2: access to customer data",
        retention="access",
    ),
)
register(
    EventType(
        "case.received",
        1,
        "{actor} opened a case on {tenant} for ticket {ticket}[, for {owner}]",
        fields=("owner",),
        category="AU-2: support case",
        retention="access",
    ),
    EventType(
        "case.taken",
        1,
        "{actor} took the case on {tenant} for ticket {ticket}",
        category="AU-2: support case",
        retention="access",
    ),
    EventType(
        "case.noted",
        1,
        "{actor} wrote down {what} in the case of ticket {ticket}",
        fields=("what",),
        category="AU-2: support case",
        retention="access",
    ),
    EventType(
        "message.retried",
        1,
        "{actor} sent a message again that was given up: {object}[, by {channel}]",
        fields=("channel",),
        category="AU-2: operation of the console",
    ),
)
