from audit.registry import EventType, register

PEOPLE = "AU-2: change of accounts and rights"

register(
    EventType(
        "person.password_changed",
        1,
        "{actor} changed the password of {object}",
        category=PEOPLE,
        retention="people",
    ),
    EventType(
        "person.password_rehashed",
        1,
        "The password of {object} is kept in a stronger way",
        category=PEOPLE,
        retention="people",
    ),
    EventType("person.added", 1, "{actor} added {object}", category=PEOPLE, retention="people"),
    EventType(
        "person.changed",
        2,
        "{actor} changed {what} of {object}",
        fields=("what",),
        category=PEOPLE,
        retention="people",
        private=("old_email", "new_email"),
    ),
    EventType(
        "person.roles_changed",
        2,
        "{actor} changed the roles of {object}[: gave {given}][: took {taken}]",
        fields=("given", "taken", "ended"),
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
