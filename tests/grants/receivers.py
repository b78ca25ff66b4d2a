"""A real mail server and a real chat tool on loopback, as small as can be, that can be stopped, slow or unwilling."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What came in, and how the next call is answered. While `hold` is set, calls are taken and not answered."""

    port: int = 0
    status: int = 200
    smtp_code: int = 250
    got: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/secret-path"

    def take(self, key: str, what: Any) -> None:
        self.got.append(what)
        self.keys.append(key)
        self.arrived.set()
        if self.hold:
            self.hold.wait(30)


@contextmanager
def _serving(server: socketserver.TCPServer, receiver: Receiver) -> Iterator[Receiver]:
    receiver.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold:
            receiver.hold.set()
        server.shutdown()
        server.server_close()


@contextmanager
def chat(port: int = 0) -> Iterator[Receiver]:
    """Run a chat tool that takes posts of `{"text": …}`."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(self.headers["Idempotency-Key"], json.loads(body))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            if receiver.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        allow_reuse_address = True
        daemon_threads = True

    with _serving(Server(("127.0.0.1", port), Handler), receiver):
        yield receiver


@contextmanager
def mail(port: int = 0) -> Iterator[Receiver]:
    """Run a mail server that keeps every letter as an `email.message.Message`."""
    receiver = Receiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self.say("354 go on")
                    self.letter()
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say(f"{receiver.smtp_code if word == b'RCPT' else 250} so be it")

        def letter(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            letter: Message = message_from_bytes(b"".join(lines))
            receiver.take(letter["Message-ID"], letter)
            self.say("250 taken")

        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with _serving(Server(("127.0.0.1", port), Handler), receiver):
        yield receiver
