"""A password whose hash is of an older, weaker way: Django makes it anew at the next sign-in, and that is a change of a person."""

from typing import TYPE_CHECKING

from django.db import transaction

from audit.actions import record
from audit.refs import SYSTEM

if TYPE_CHECKING:
    from accounts.models import Person


def rehash(person: "Person", password: str) -> None:
    """Keep a password that was just proved in today's way, with its event. The password stays the same, and no event holds it."""
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        record("person.password_rehashed", actor=SYSTEM, obj=person.as_ref())
