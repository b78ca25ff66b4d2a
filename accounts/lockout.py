"""Under which name the tries of a sign-in are counted."""

import unicodedata
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import Person


def written(name: object) -> str:
    """Return a typed sign-in name as the form would take it; what PostgreSQL cannot hold names nobody."""
    return unicodedata.normalize("NFKC", str(name or "").replace("\x00", "\ufffd").strip())


def person_of(name: str) -> Person | None:
    """Return the person of a sign-in name, whatever its case."""
    return Person.objects.filter(username__iexact=name).first()


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the sign-in name of the person who was tried, however it was written; else a digest, since people type passwords there.

    Names count whatever their case, so tries must too: each way to write a name would be five tries more.
    """
    name = written(credentials.get("username") if credentials else request and request.POST.get("username"))
    person = person_of(name)
    return person.username if person else salted_hmac("accounts.lockout", name.casefold()).hexdigest()
