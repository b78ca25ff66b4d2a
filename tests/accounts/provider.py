"""An OpenID provider from a package, run on loopback; its answers can be spoilt, signed anew with its own key."""

import logging
import threading
import warnings
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import make_server

CLIENT, SECRET = "console", "shared with the provider"
THERE, BACK = "/sign-in/company/", "/sign-in/company/back/"


class Provider:
    """The running provider. `spoil` changes an ID token's claims or its making; `user_info` what it says beside the token."""

    def __init__(self, app):
        self.app, self.spoil, self.user_info = app, None, None
        self.server = make_server("localhost", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"
        app.after_request(self._after)

    @property
    def settings(self):
        return {"issuer": self.issuer, "client_id": CLIENT, "secret": SECRET, "name": "Quill ID"}

    def knows(self, sub, **claims):
        """Let the provider know somebody by these claims and no others."""
        assert httpx.put(f"{self.issuer}/users/{sub}", json=claims).status_code == 204

    def sent_back(self, location, sub):
        """Sign in at the provider as `sub` and return the path it leads back to."""
        answer = httpx.post(location, data={"sub": sub})
        assert answer.status_code == 302, answer.text
        url = urlsplit(answer.headers["location"])
        return f"{url.path}?{url.query}"

    def _after(self, answer):
        from flask import g, request

        if request.path == "/oauth2/token" and self.spoil and answer.status_code == 200:
            data = answer.get_json()
            key = jwt.algorithms.RSAAlgorithm.from_jwk(
                g.oidc_provider_mock_storage.jwk.as_dict(is_private=True)
            )
            claims = jwt.decode(data["id_token"], options={"verify_signature": False})
            data["id_token"] = self.spoil(claims, key)
            answer.set_data(self.app.json.dumps(data))
        if request.path == "/userinfo" and self.user_info:
            answer.set_data(self.app.json.dumps(self.user_info))
        return answer


def signed(claims, key, algorithm="RS256"):
    """Return an ID token with these claims."""
    return jwt.encode(claims, key, algorithm)


def other(**changes):
    """Return a spoiler that changes claims, None leaving one out, and signs with the provider's own key."""
    return lambda claims, key: signed({k: v for k, v in (claims | changes).items() if v is not None}, key)


def unsigned(claims, _key):
    return signed(claims, None, "none")


def signed_by_somebody_else(claims, _key):
    return signed(claims, rsa.generate_private_key(65537, 2048))


def signed_with_the_shared_secret(claims, _key):
    return signed(claims, SECRET, "HS256")


@contextmanager
def running():
    """Run the provider for the length of a block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    provider = Provider(oidc_provider_mock.app(require_nonce=True))
    thread = threading.Thread(target=provider.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield provider
    provider.server.shutdown()
    thread.join()


def asked(location):
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
