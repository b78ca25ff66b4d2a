"""A real system that watches, on loopback and as small as can be: it checks signatures with code of its own, and can be unwilling."""

import hashlib
import hmac
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a secret that only the two of us know"


@dataclass
class Post:
    """One call: its key, its lines, and whether what it is signed with is the secret."""

    key: str
    headers: dict[str, str]
    body: bytes
    genuine: bool

    @property
    def places(self) -> list[tuple[int, int]]:
        return [(line["log"], line["position"]) for line in map(json.loads, self.body.splitlines())]


@dataclass
class Siem:
    """What came in, and how calls are answered: `ok`, a status, `die` (takes it and hangs up), `hang` (takes it and says
    nothing), `drip` (says one byte now and then)."""

    mood: str = "ok"
    secret: str = SECRET
    port: int = 0
    posts: list[Post] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    awake: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/intake/secret-path"

    @property
    def places(self) -> list[tuple[int, int]]:
        """Return the entries that came in genuine posts, in the order they came."""
        return [place for post in self.posts if post.genuine for place in post.places]

    @property
    def lines(self) -> list[Any]:
        """Return each entry once, in the order of the log: what the system keeps when it knows repetitions by their position."""
        kept: dict[tuple[int, int], Any] = {}
        for post in self.posts:
            for line in map(json.loads, post.body.splitlines() if post.genuine else []):
                kept.setdefault((line["log"], line["position"]), line)
        return [kept[place] for place in sorted(kept)]

    def is_genuine(self, headers: dict[str, str], body: bytes) -> bool:
        signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
        right = b64encode(hmac.new(self.secret.encode(), signed, hashlib.sha256).digest()).decode()
        return f"v1,{right}" in headers.get("webhook-signature", "").split()


@contextmanager
def siem() -> Iterator[Siem]:
    """Run one for the length of a block."""
    watcher = Siem()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            post = Post(headers.get("idempotency-key", ""), headers, body, watcher.is_genuine(headers, body))
            watcher.posts.append(post)
            watcher.arrived.set()
            if watcher.mood == "hang":
                watcher.awake.wait(30)
            if watcher.mood == "drip":
                self.drip()
            if watcher.mood in {"die", "hang", "drip"}:
                self.close_connection = True
                return
            status = 200 if watcher.mood == "ok" else int(watcher.mood)
            self.send_response(status if post.genuine or "webhook-signature" not in headers else 401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def drip(self) -> None:
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 ")
                while not watcher.awake.wait(0.1):
                    self.wfile.write(b"O")

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    watcher.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.awake.set()
        server.shutdown()
        server.server_close()
