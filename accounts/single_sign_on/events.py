from audit.registry import EventType, register

SIGN_IN = "AU-2: sign-in"
PEOPLE = "AU-2: change of accounts and rights"

register(
    EventType(
        "person.provider_accepted",
        1,
        "{provider} confirmed that {actor} is who they are[; it vouched for a second factor: {factor}]",
        fields=("provider", "factor"),
        category=SIGN_IN,
        retention="access",
    ),
    EventType(
        "person.added_by_provider",
        1,
        "{object} came from {provider} for the first time and got an account",
        fields=("provider",),
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.linked",
        1,
        "{actor} linked {object} to an account at {provider}",
        fields=("provider",),
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.unlinked",
        1,
        "{actor} took the link of {object} to {provider} away",
        fields=("provider",),
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
)
