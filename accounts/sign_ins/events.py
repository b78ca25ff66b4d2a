from audit.registry import EventType, register

SIGN_IN = "AU-2: sign-in"

register(
    EventType(
        "person.signed_in",
        3,
        "{actor} signed in[ with {factor}]",
        fields=("factor",),
        category=SIGN_IN,
        retention="access",
        private=("address",),
    ),
    EventType("person.signed_out", 1, "{actor} signed out", category=SIGN_IN, retention="access"),
    EventType(
        "person.new_device",
        1,
        "{actor} signed in from a browser not seen before: {device}",
        fields=("device",),
        category=SIGN_IN,
        retention="access",
        sensitivity="high",
    ),
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
)
