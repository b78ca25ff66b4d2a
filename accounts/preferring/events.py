from accounts.events import PEOPLE
from audit.registry import EventType, register

register(
    EventType(
        "person.preferences_changed",
        1,
        "{actor} changed how their pages look: {what}",
        fields=("what",),
        category=PEOPLE,
        retention="people",
    ),
)
