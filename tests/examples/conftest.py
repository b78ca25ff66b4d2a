"""The parcel lockers' product for the tests of their bundle: a SQLite file and a billing API on loopback."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tenants.sources.opening import close_all

BUNDLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "parcel-lockers"
TOKEN = "billing-token-31"
SECRETS = (
    "pw-harbour-1", "url-secret-22", "harbour-pass-77", "AKIAIOSFODNN7EXAMPLE", "mail-secret-19", "gateway-bearer-8c1f0b7d2e5a",
    TOKEN, "jo@reader.example", "desk@boxes.example", "2345678", "owner@harbour.example", "4242424242424242",
)  # fmt: skip
INVOICES: dict[str, list[dict[str, Any]]] = {
    "1": [
        {"customer": {"id": 1}, "number": "I-1", "status": "paid", "total": 4990, "currency": "EUR",
         "issued": "2026-10-01", "card": "4242424242424242"},
        {"customer": {"id": 1}, "number": "I-2", "status": "open", "total": 4990, "currency": "EUR",
         "issued": "2026-11-01", "card": "4242424242424242"},
    ],
    "2": [{"customer": {"id": 1}, "number": "I-1", "status": "paid", "total": 1, "currency": "JPY"}],
}  # fmt: skip
BROKEN = f"<h1>It broke</h1> while using {TOKEN}"


class Api(BaseHTTPRequestHandler):
    """Answers with the invoices of one customer; for customer 2 with somebody else's, for customer 3 with a page of its own fault."""

    def do_GET(self) -> None:
        customer = self.path.split("/")[3]
        allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        body = BROKEN if customer == "3" else json.dumps({"data": INVOICES.get(customer, [])})
        self.send_response((500 if customer == "3" else 200) if allowed else 401)
        self.send_header("Content-Type", "text/html" if customer == "3" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The lockers' data, where the bundle's sources look for them."""
    file = tmp_path / "lockers.db"
    with sqlite3.connect(file) as connection:
        connection.executescript((Path(__file__).parent / "lockers.sql").read_text(encoding="utf-8"))
    connection.close()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("LOCKERS_DATABASE", str(file))
    monkeypatch.setenv("LOCKERS_BILLING_URL", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("LOCKERS_BILLING_TOKEN", TOKEN)
    yield
    close_all()
    server.shutdown()
    server.server_close()
