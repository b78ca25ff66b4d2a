from audit.registry import EventType, register

SIGN_IN = "AU-2: sign-in"
FACTORS = "AU-2: change of accounts and rights"

register(
    EventType(
        "person.password_accepted",
        1,
        "{actor} gave the right password; the second factor comes next",
        category=SIGN_IN,
        retention="access",
    ),
    EventType(
        "person.factor_shown",
        1,
        "{actor} showed a second factor: {factor}",
        fields=("factor",),
        category=SIGN_IN,
        retention="access",
    ),
    EventType(
        "person.factor_refused",
        1,
        "A second factor shown for {object} was refused: {cause}",
        fields=("cause",),
        category=SIGN_IN,
        retention="access",
        sensitivity="high",
    ),
    EventType(
        "person.factor_added",
        1,
        "{actor} added a second factor: {factor}[ “{called}”]",
        fields=("factor", "called"),
        category=FACTORS,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.factor_removed",
        1,
        "{actor} removed a second factor: {factor}[ “{called}”]",
        fields=("factor", "called"),
        category=FACTORS,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.recovery_codes_made",
        1,
        "{actor} made new recovery codes",
        category=FACTORS,
        retention="people",
        sensitivity="high",
    ),
    EventType(
        "person.recovery_codes_kept",
        1,
        "{actor} said that the recovery codes are kept; they are not shown again",
        category=FACTORS,
        retention="people",
    ),
    EventType(
        "person.factors_reset",
        1,
        "{actor} removed all second factors of {object}",
        category=FACTORS,
        retention="people",
        sensitivity="high",
    ),
)
