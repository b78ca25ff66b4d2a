"""Passkeys (WebAuthn level 2): the questions put to a browser, and what its answers prove."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import Person

LONGEST = 20_000  # characters of an answer
UNUSABLE = (
    ValidationError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
    InvalidSignature,
)


class NotThisPasskey(Exception):
    """The answer proves nothing: another site, another question, another person, or no answer at all."""


@dataclass(frozen=True)
class Shown:
    """A passkey of the person that was shown, and its count of uses, 0 where it keeps none."""

    passkey: Authenticator
    count: int


def available() -> bool:
    """Tell whether browsers make passkeys for the public URL: a host name, over https or on localhost, never a bare address."""
    url = urlsplit(settings.PUBLIC_URL)
    host = url.hostname or ""
    address = ":" in host or host.replace(".", "").isdigit()
    return not address and (url.scheme == "https" or host == "localhost")


def question_to_add(request: HttpRequest, person: Person) -> str:
    """Return the options for a new passkey as JSON; the challenge stays in the session."""
    with request_context(request):
        return _json(auth.begin_registration(person, passwordless=False))


def question_to_show(request: HttpRequest, person: Person) -> str:
    """Return the options for showing a passkey as JSON, empty where the person has none."""
    has_one = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.WEBAUTHN).exists()
    if not has_one or not available():
        return ""
    with request_context(request):
        return _json(auth.begin_authentication(person))


def added(request: HttpRequest, answer: str) -> dict[str, Any]:
    """Return the credential of a browser's answer to `question_to_add`. Raises `NotThisPasskey`; the question counts once."""
    try:
        with request_context(request):
            credential = _read(answer)
            parsed = auth.parse_registration_response(credential)
            auth.complete_registration(credential)
        _check_origin(parsed.response.client_data.origin)
    except UNUSABLE as error:
        raise NotThisPasskey from error
    finally:
        request.session.pop(auth.STATE_SESSION_KEY, None)
    return credential


def shown(request: HttpRequest, person: Person, answer: str) -> Shown:
    """Return the passkey that a browser's answer to `question_to_show` proves. Raises `NotThisPasskey`; the question counts once."""
    try:
        with request_context(request):
            response = _read(answer)
            parsed = auth.parse_authentication_response(response)
            passkey = auth.complete_authentication(person, response)
        _check_origin(parsed.response.client_data.origin)
    except UNUSABLE as error:
        raise NotThisPasskey from error
    finally:
        request.session.pop(auth.STATE_SESSION_KEY, None)
    return Shown(passkey, int(parsed.response.authenticator_data.counter))


def _check_origin(origin: str) -> None:
    """The library takes every host below the relying party's; the console has exactly one address."""
    url = urlsplit(settings.PUBLIC_URL)
    if origin != f"{url.scheme}://{url.netloc}":
        raise NotThisPasskey


def _read(answer: str) -> dict[str, Any]:
    read = json.loads(answer[:LONGEST])
    if not isinstance(read, dict):
        raise TypeError
    return read


def _json(options: Any) -> str:
    return json.dumps(options, default=dict)
