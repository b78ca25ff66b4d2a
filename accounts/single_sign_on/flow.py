"""There and back: leading somebody to the provider, and reading what they bring (OpenID Connect Core 1.0, 3.1)."""

import secrets
from dataclasses import dataclass

from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from accounts.queries import roles_in_force
from accounts.single_sign_on.provider import Asking, NotProved, Provider
from accounts.single_sign_on.queries import single_sign_on_rules
from accounts.single_sign_on.told import Told, told_by


class ProviderSilent(Exception):
    """The provider does not answer, or with something that is no answer."""


@dataclass(frozen=True)
class Brought:
    """What somebody brings back: who the provider says they are, and where they were going.

    `linking` is the person who wanted to be linked, `again` the one who is signed in and was asked once more; empty for nobody.
    """

    told: Told
    next: str
    linking: str
    again: str


def lead_there(request: HttpRequest, *, next_page: str, linking: str = "", again: str = "") -> HttpResponse:
    """Return a redirect to the provider; the session keeps what has to come back, for ten minutes and once. Raises `ProviderSilent`.

    `max_age` makes the provider say when somebody was last asked, and ask again after the policy's longest sign-in, or at once.
    """
    nonce, longest = secrets.token_urlsafe(24), roles_in_force().sign_in.absolute_minutes * 60
    asked = {"max_age": 0, "prompt": "login"} if again else {"max_age": longest}
    try:
        answer: HttpResponse = Provider(request).redirect(
            request,
            "connect" if linking else "login",
            next_url=next_page,
            auth_params={"nonce": nonce, **asked},
            nonce=nonce,
            linking=linking,
            again=again,
        )
    except (RequestException, NotProved, ValueError, TypeError, AttributeError) as error:
        raise ProviderSilent from error
    return answer


def brought_back(request: HttpRequest) -> Brought:
    """Return what the provider told of somebody who was led there from this browser. Raises `NotProved`, `ProviderSilent`."""
    state = statekit.unstash_state(
        request, state_id=request.GET.get("state", ""), provider_id=settings.SINGLE_SIGN_ON["issuer"]
    )
    if state is None:
        raise NotProved("it was begun elsewhere, or too long ago")
    if not request.GET.get("code"):
        raise NotProved("the provider refused it")
    groups = single_sign_on_rules().claim
    try:
        asking = Asking(request)
        app = asking.get_provider().app
        tokens = asking.get_access_token_data(
            request, app, asking.get_client(request, app), pkce_code_verifier=state["pkce_code_verifier"]
        )
        told = told_by(asking.claims(tokens, state["nonce"], groups), groups)
    except OAuth2Error as error:
        raise NotProved("the provider did not take the code") from error
    except (RequestException, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ProviderSilent from error
    return Brought(told, str(state.get("next", "/")), str(state["linking"]), str(state["again"]))
