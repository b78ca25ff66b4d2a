"""How an agent comes into the product: it starts here and comes back here, so that no code is ever taken that was not asked for.

OpenID Connect Core 1.0, section 4 (login initiated by a third party), RFC 6749, RFC 7636 (PKCE with S256), RFC 9207. The short-lived
cookie holds one random seed, signed; state, nonce and verifier are derived from it and from the product's secret key, so that the verifier
never leaves the server before the code is exchanged.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET

from . import console, cookies, tokens
from .conf import imported
from .remote import Silent
from .sessions import SessionOver, open_session

COOKIE_SECONDS = 90  # a handle lives 30 s, a code 60 s
SALT = "support-session.hand-off"
AGAIN = "Open the product anew from the session's page in the console."


class NotHandedOver(Exception):
    """The hand-off ends here; the sentence is for the agent."""


@dataclass(frozen=True)
class Attempt:
    """One way in under way in one browser. `target` is a path of this product."""

    seed: str
    target: str

    def derived(self, name: str) -> str:
        """Return a value of this attempt that nobody else can make: 256 bits in base64url."""
        key = f"{SALT}.{name}.{settings.SECRET_KEY}".encode()
        return _text(hmac.digest(key, self.seed.encode(), "sha256"))

    @property
    def challenge(self) -> str:
        """Return the PKCE challenge of this attempt's verifier."""
        return _text(hashlib.sha256(self.derived("verifier").encode()).digest())


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The address that the console's link leads to: to the console's `/oauth/authorize`, with a cookie that remembers this browser."""
    if request.GET.get("iss") != console.issuer():
        return _refused(request, "This link does not come from the console this product belongs to.")
    target = own_path(request.GET.get("target_link_uri", "/"))
    handle = request.GET.get("login_hint", "")
    if target is None or not 16 <= len(handle) <= 200:
        return _refused(request, "This link leads somewhere else than into this product.")
    attempt = Attempt(secrets.token_urlsafe(32), target)
    asked = {
        "response_type": "code",
        "client_id": console.client_id(),
        "redirect_uri": console.own_url("callback/"),
        "login_hint": handle,
        "state": attempt.derived("state"),
        "nonce": attempt.derived("nonce"),
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    response = HttpResponseRedirect(f"{console.issuer()}/oauth/authorize?{urlencode(asked)}")
    _remember(response, attempt)
    return _private(response)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Where the console sends the agent back with a code: into the session, or a page that says why not."""
    try:
        attempt = _attempt_of(request)
        claims = _claims(request, attempt)
        _check_subject(claims)
        response = open_session(claims, request, next_path=attempt.target)
    except (NotHandedOver, SessionOver) as error:
        response = _refused(request, str(error))
    response.delete_cookie(cookie_name(), path="/", samesite="Lax")
    return _private(response)


def own_path(target: str) -> str | None:
    """Return the path of an address in this product, None for any other place and for anything a browser could read as one."""
    if len(target) > 2000 or not target.isprintable() or "\\" in target:
        return None
    try:
        url = urlsplit(target)
    except ValueError:
        return None
    own = urlsplit(console.own_base())
    if (url.scheme or url.netloc) and (url.scheme, url.netloc) != (own.scheme, own.netloc):
        return None
    path = url.path or "/"
    if not path.startswith("/") or path.startswith("//"):
        return None
    return f"{path}?{url.query}" if url.query else path


def cookie_name() -> str:
    """Return the name of the cookie that lives from the start to the callback."""
    return "__Host-support-hand-off" if cookies.is_secure() else f"{cookies.name()}-hand-off"


def _claims(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    given = request.GET
    if not constant_time_compare(given.get("state", ""), attempt.derived("state")):
        raise NotHandedOver("This answer belongs to another browser.")
    if given.get("iss") != console.issuer():
        raise NotHandedOver("This answer does not come from the console this product belongs to.")
    if not given.get("code"):
        raise NotHandedOver("The console gave no way in.")
    exchanged = {
        "grant_type": "authorization_code",
        "code": given["code"],
        "redirect_uri": console.own_url("callback/"),
        "code_verifier": attempt.derived("verifier"),
    }
    try:
        status, answer = console.call("/oauth/token", exchanged)
        if status != 200 or not isinstance(answer, dict):
            raise NotHandedOver("The console did not take this way in: it is used up or over.")
        return tokens.opened_session(
            str(answer.get("access_token", "")),
            console.keys_for(str(answer.get("access_token", ""))),
            tokens.Expected(tokens.SESSION, console.issuer(), console.client_id(), time.time()),
            attempt.derived("nonce"),
        )
    except Silent as error:
        raise NotHandedOver(f"The console could not be asked: {error}.") from None
    except tokens.BadToken as error:
        raise NotHandedOver(f"The console's answer is not believed: {error.code}.") from None


def _check_subject(claims: dict[str, Any]) -> None:
    subject = imported("SUBJECT")(str(claims["sub"]), str(claims["org"]))
    if subject is None or not subject.is_active:
        raise NotHandedOver("There is no such active user in this account.")
    if imported("SUPERIOR")(subject):
        raise NotHandedOver("Nobody may act for this user.")


def _remember(response: HttpResponse, attempt: Attempt) -> None:
    value = signing.dumps([attempt.seed, attempt.target], salt=SALT)
    response.set_cookie(
        cookie_name(),
        value,
        max_age=COOKIE_SECONDS,
        path="/",
        secure=cookies.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _attempt_of(request: HttpRequest) -> Attempt:
    try:
        seed, target = signing.loads(
            request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=COOKIE_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        raise NotHandedOver("This browser did not ask to come in, or too long ago.") from None
    return Attempt(str(seed), str(target))


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    words = {"sentence": sentence, "again": AGAIN}
    return _private(render(request, "support_session/not_handed_over.html", words, status=403))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
