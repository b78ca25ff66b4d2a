"""Between password and second factor: the session belongs to nobody yet, and remembers only who gave a password."""

import time
from dataclasses import dataclass

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from accounts.models import Person

KEY = "half_signed_in"
MINUTES = 10


@dataclass(frozen=True)
class Half:
    """Somebody whose password was right, and the page of the console they were on their way to."""

    person: Person
    next: str


def begin_half(request: HttpRequest, person: Person, next_page: str) -> None:
    """Throw the session away and begin one that opens nothing but the pages of the second factor, for ten minutes."""
    request.session.flush()
    rotate_token(request)
    request.session[KEY] = {
        "person": str(person.pk),
        "password": person.get_session_auth_hash(),
        "until": time.time() + MINUTES * 60,
        "next": next_page,
    }


def half_of(request: HttpRequest) -> Half | None:
    """Return who is half signed in, or None: too late, deactivated, or with another password by now."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < time.time():
        return None
    person = Person.objects.filter(pk=kept["person"], is_active=True).first()
    if person is None or not constant_time_compare(kept["password"], person.get_session_auth_hash()):
        return None
    return Half(person, kept["next"])
