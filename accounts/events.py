from audit.registry import EventType, register

SIGN_IN = "AU-2: sign-in"
PEOPLE = "AU-2: change of accounts and rights"

register(
    EventType("person.signed_in", 1, "{actor} signed in", category=SIGN_IN, retention="access"),
    EventType("person.signed_out", 1, "{actor} signed out", category=SIGN_IN, retention="access"),
    EventType(
        "person.sign_in_refused",
        1,
        "A sign-in[ as {object}] was refused: {cause}",
        fields=("cause",),
        category=SIGN_IN,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "person.sign_in_ended",
        1,
        "The sign-in of {actor} ended: {cause}",
        fields=("cause",),
        category=SIGN_IN,
        retention="access",
    ),
    EventType("person.added", 1, "{actor} added {object}", category=PEOPLE, retention="people"),
    EventType(
        "person.changed",
        1,
        "{actor} changed {what} of {object}",
        fields=("what",),
        category=PEOPLE,
        retention="people",
    ),
    EventType(
        "person.roles_changed",
        1,
        "{actor} changed the roles of {object}[: gave {given}][: took {taken}]",
        fields=("given", "taken"),
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.deactivated",
        1,
        "{actor} deactivated {object}",
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.reactivated",
        1,
        "{actor} reactivated {object}",
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "token.made",
        1,
        "{actor} made the API token {object} for {areas}, good for {days} days",
        fields=("areas", "days"),
        category=PEOPLE,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "token.revoked",
        1,
        "{actor} revoked the API token {object} of {owner}",
        fields=("owner",),
        category=PEOPLE,
        retention="people",
    ),
)
