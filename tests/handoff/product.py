"""A product of the tests' own: its keys, its calls, and an address that publishes keys and takes word of sessions."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from impersonation.product import keys, tokens

CLIENT = "quillfold"
ISSUER = "http://127.0.0.1:8000"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
VERIFIER = "v" * 50
STATE, NONCE = "s" * 43, "n" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Product:
    """What the console meets. `heard` are the bodies that were pushed; `status` is what a push is answered."""

    def __init__(self, folder: Path) -> None:
        self.keys = keys.make_keys(folder)
        self.heard: list[str] = []
        self.status = 200
        self.says: dict[str, Any] = {}
        self.url = ""

    def proof(self, typ: str = tokens.CLIENT, key: keys.Key | None = None, **changes: Any) -> str:
        """Return a signed call; a claim changed to None is left out."""
        claims = {**tokens.frame(CLIENT, ISSUER, time.time()), "sub": CLIENT, **changes}
        kept = {name: value for name, value in claims.items() if value is not None}
        return tokens.signed(key or self.keys[0], typ, kept)

    def call(self, client: Any, path: str, *, proof: str = "", **fields: str) -> Any:
        """Call an endpoint of the console with a form."""
        signed = {"client_assertion_type": ASSERTION, "client_assertion": proof or self.proof()}
        return client.post(path, {**signed, **fields})

    def actions(self) -> list[dict[str, Any]]:
        """Return the claims of the calls of actions that came, as the product reads them."""
        from impersonation.oauth.keys import key_set

        expected = tokens.Expected(tokens.ACTION, ISSUER, CLIENT, time.time())
        known = tokens.public_keys(key_set())
        return [tokens.opened(body, known, expected) for body in self.heard]

    def answer(self, body: str) -> tuple[int, object]:
        """Return what a call is answered: of an action what `says` has for its step, else `status`."""
        step = json.loads(base64.urlsafe_b64decode(body.split(".")[1] + "==")).get("step")
        said = self.says.get(step, {"known": True}) if step else {"known": True}
        return (said, {}) if isinstance(said, int) else (self.status, said)

    def report(self, client: Any, *events: dict[str, Any]) -> Any:
        """Send one batch of reports."""
        body = self.proof(tokens.EVENTS, events=list(events))
        return client.post("/oauth/events", body, content_type="application/jwt")

    def asked(self, handle: str, **changes: str) -> dict[str, str]:
        """What the product sends the browser to `/oauth/authorize` with."""
        return {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": f"{self.url}/support-session/callback/",
            "login_hint": handle,
            "state": STATE,
            "nonce": NONCE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }


def query_of(answer: Any) -> dict[str, str]:
    """What an answer's redirect carries."""
    assert answer.status_code == 302, answer.content.decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.url).query).items()}


@contextmanager
def serving(product: Product) -> Iterator[Product]:
    """Serve a product on loopback for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"keys": [key.public for key in product.keys]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            product.heard.append(body)
            self._answer(*product.answer(body))

        def _answer(self, status: int, body: object) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    product.url = f"http://localhost:{server.server_port}"
    try:
        yield product
    finally:
        server.shutdown()
        server.server_close()
