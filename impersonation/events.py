"""What the life of a support session leaves in the log. Who of the customer was acted for stands there by role and id, the name apart."""

from audit.registry import EventType, register

SESSIONS = "AU-2: support session"
READING = "AU-2: use of the log"

register(
    EventType(
        "session.subjects_listed",
        1,
        "{actor} looked for a user of {tenant} to work as under ticket {ticket}",
        category="AU-2: access to customer data",
        retention="access",
    ),
    EventType(
        "session.subjects_failed",
        1,
        "The users of {tenant} could not be read: {sentence}",
        fields=("source", "sentence"),
        category="AU-2: access to customer data",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "session.started",
        1,
        "{actor} started a support session on {tenant}[ as {subject}] under ticket {ticket}, {mode}; it runs until {until}",
        fields=("mode", "scopes", "until"),
        category=SESSIONS,
        retention="access",
        sensitivity="high",
        private=("subject_name",),
    ),
    EventType(
        "session.ended",
        1,
        "The support session of {agent} on {tenant}[ as {subject}] under ticket {ticket} ended: {cause}[, by {by}]; it lasted {lasted}",
        fields=("agent", "cause", "by", "lasted"),
        category=SESSIONS,
        retention="access",
    ),
    EventType(
        "session.narrowed",
        1,
        "The support session of {agent} on {tenant} under ticket {ticket} became less; what is left: {kept}",
        fields=("agent", "kept"),
        category=SESSIONS,
        retention="access",
    ),
    EventType(
        "session.unmarked",
        1,
        "A page of the support session of {agent} on {tenant} came without its banner: {why}",
        fields=("agent", "why"),
        category="AU-2: integrity of support sessions",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "session.questioned",
        1,
        "{actor} asks about a support session on {tenant} under ticket {ticket}",
        fields=("comment",),
        category="AU-2: review of access",
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "session.story_opened",
        1,
        "{actor} read the story of the support session of {agent} on {tenant} under ticket {ticket}",
        fields=("agent",),
        category=READING,
        retention="access",
    ),
)
