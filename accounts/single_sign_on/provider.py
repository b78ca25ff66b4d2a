"""The company's OpenID provider. allauth asks it, with state and PKCE; what comes back is checked here.

allauth 65 sends no nonce, takes the signature of an ID token from the token endpoint on trust, and lets the user info speak for another
`sub` than the token's. OpenID Connect Core 1.0 (3.1.3.7, 5.3.2) asks for more, and so does NIST IA-2(12).
"""

from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from accounts.single_sign_on.told import LONGEST_SUBJECT
from opsconsole.lib.webhooks import LOOPBACK

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY = 30  # seconds that two clocks may be apart
KEPT = 600  # seconds that what the provider says of itself is kept
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CAUSES = (
    (jwt.ExpiredSignatureError, "the provider's token is over"),
    (jwt.InvalidIssuerError, "the token comes from another provider"),
    (jwt.InvalidAudienceError, "the token is for somebody else"),
)


class NotProved(Exception):
    """What came back proves nobody. The text is the cause for the log, without anything of the token."""


class Asking(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """allauth's requests to the provider of the settings, and no other."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, settings.SINGLE_SIGN_ON["issuer"])

    def get_provider(self) -> "Provider":
        return Provider(self.request)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return f"{settings.PUBLIC_URL}{reverse('accounts:single-sign-on-back')}"

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, which must be the one that was meant (OpenID Connect Discovery 1.0, 4.3)."""
        issuer = settings.SINGLE_SIGN_ON["issuer"]
        config: dict[str, Any] | None = cache.get(f"single-sign-on:{issuer}")
        if config is None:
            config = dict(super().openid_config)
            if config.get("issuer") != issuer or not all(_safe(config.get(name)) for name in ENDPOINTS):
                raise NotProved("the provider says it is another one")
            cache.set(f"single-sign-on:{issuer}", config, KEPT)
        return config

    def claims(self, tokens: dict[str, Any], nonce: str, groups_claim: str) -> dict[str, Any]:
        """Return the claims of an ID token that this sign-in asked for; groups that are not in it come from the user info.

        Raises `NotProved`.
        """
        claims = self._verified(tokens.get("id_token"))
        if not constant_time_compare(str(claims.get("nonce", "")), nonce):
            raise NotProved("the token answers another sign-in")
        if claims.get("azp", self._client) != self._client:
            raise NotProved("the token is for somebody else")
        if not 0 < len(claims["sub"].strip()) <= LONGEST_SUBJECT:
            raise NotProved("the token names nobody")
        if groups_claim not in claims and "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(tokens["access_token"])
            if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
                raise NotProved("the user info is of somebody else")
            claims = more | claims
        return claims

    @property
    def _client(self) -> str:
        return str(settings.SINGLE_SIGN_ON["client_id"])

    def _verified(self, token: Any) -> dict[str, Any]:
        if not isinstance(token, str):
            raise NotProved("the provider sent no token")
        try:
            return jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token).get("kid")),
                ALGORITHMS,
                {"require": ["iss", "sub", "aud", "exp", "iat"]},
                issuer=settings.SINGLE_SIGN_ON["issuer"],
                audience=self._client,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError as error:
            words = (words for kind, words in CAUSES if isinstance(error, kind))
            raise NotProved(next(words, "the token is not signed by the provider")) from None

    def _key(self, kid: str | None) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        found = [key for key in keys if key.public_key_use in {None, "sig"} and kid in {None, key.key_id}]
        if len(found) != 1:
            raise NotProved("the token is not signed by the provider")
        return found[0]


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The one provider of the settings; none is kept in the database, where one more would be one more door."""

    def __init__(self, request: HttpRequest) -> None:
        known = settings.SINGLE_SIGN_ON
        more = {"server_url": known["issuer"], "oauth_pkce_enabled": True}
        app = SocialApp(
            provider=self.id,
            provider_id=known["issuer"],
            name=known["name"],
            client_id=known["client_id"],
            secret=known["secret"],
            settings=more,
        )
        super().__init__(request, app=app)

    def get_oauth2_adapter(self, request: HttpRequest) -> Asking:
        return Asking(request)


def _safe(address: Any) -> bool:
    """Tell whether what is sent to an address of the provider can be read by nobody on the way."""
    url = urlsplit(address if isinstance(address, str) else "")
    return url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
