"""Where a stream goes: `opened` gives a way out for one batch. `Down` says why there is none now, and names no secret."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

import httpx

from audit.streams import file
from audit.streams.entries import Place
from audit.streams.rules import Stream
from opsconsole.lib.deadline import within
from opsconsole.lib.webhooks import address_in, shared_secret, signature_of

ANSWER_SECONDS = 5.0  # without a word
CALL_SECONDS = 20.0  # in all
TOO_LARGE = 413


class Down(Exception):
    """Nothing can be handed over now; the sentence is shown to people."""


@dataclass(frozen=True)
class Batch:
    """Entries that stand next to each other in one log, as lines."""

    stream: str
    first: Place
    lines: Sequence[bytes]

    @property
    def last(self) -> int:
        """Return the position of its last entry."""
        return self.first.position + len(self.lines) - 1

    @property
    def key(self) -> str:
        """Return what every try of this batch carries: stream, log, first and last position."""
        return f"{self.stream}:{self.first.log}:{self.first.position}-{self.last}"


class Out(Protocol):
    """One way out. `last` is the last entry that the sink itself says it holds, and its leaf."""

    @property
    def last(self) -> tuple[Place, str] | None:
        """Return the last entry the sink holds, None where it cannot tell."""

    def give(self, batch: Batch) -> None:
        """Hand one batch over and return once the receiver has it for good. Raises `Down`."""


@contextmanager
def opened(stream: Stream) -> Iterator[Out]:
    """Open a stream for one batch. Raises `Down`."""
    if stream.kind == "webhook":
        with httpx.Client(timeout=ANSWER_SECONDS, follow_redirects=False, trust_env=False) as client:
            yield Webhook(stream, client)
        return
    path = os.environ.get(stream.place_env, "")
    if not os.path.isabs(path):  # noqa: PTH117 - a text of the environment
        raise Down(f"{stream.place_env} is no path that begins with /.")
    with ExitStack() as stack:
        try:
            lines = stack.enter_context(file.opened(path))
        except (OSError, ValueError) as error:
            raise _unusable(error) from None
        yield File(lines)


@dataclass(frozen=True)
class File:
    """A file of JSON Lines that only grows."""

    lines: file.Lines

    @property
    def last(self) -> tuple[Place, str] | None:
        line = self.lines.last
        return (Place(line["log"], line["position"]), line["leaf"]) if line else None

    def give(self, batch: Batch) -> None:
        try:
            self.lines.add(b"".join(batch.lines))
        except OSError as error:
            raise _unusable(error) from None


def _unusable(error: OSError | ValueError) -> Down:
    words = error.strerror if isinstance(error, OSError) else str(error)
    return Down(f"The file cannot be used: {words}.")


@dataclass(frozen=True)
class Webhook:
    """An address that takes JSON Lines by signed posts and answers with a status from 200 to 299 once it has stored them."""

    stream: Stream
    client: httpx.Client
    last: None = None

    def give(self, batch: Batch) -> None:
        body = b"".join(batch.lines)
        try:
            address = address_in(self.stream.place_env, self.stream.host)
            headers = _headers(batch, body, _secrets(self.stream.secret_env))
        except ValueError as error:
            raise Down(str(error)) from None
        try:
            status = _post(self.client, address, body, headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Down(f"The receiver gave no answer: {type(error).__name__}.") from None
        if not 200 <= status < 300:
            more = ": lower most_entries" if status == TOO_LARGE else ""
            raise Down(f"The receiver answered {status}{more}.")


def _post(client: httpx.Client, address: str, body: bytes, headers: dict[str, str]) -> int:
    """Return the status of the answer; what it says beside it is not read."""
    with (
        within(CALL_SECONDS) as trace,
        client.stream("POST", address, content=body, headers=headers, extensions={"trace": trace}) as answer,
    ):
        return answer.status_code


def _secrets(variable: str) -> list[bytes]:
    """Return one secret, or two while one replaces the other. Raises `ValueError`."""
    texts = [text.strip() for text in os.environ.get(variable, "").split(",") if text.strip()]
    if not texts:
        raise ValueError(f"{variable} is not set.")
    try:
        return [shared_secret(text) for text in texts]
    except ValueError:
        raise ValueError(f"{variable} needs secrets of at least 24 bytes.") from None


def _headers(batch: Batch, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    at = str(int(time.time()))
    return {
        "content-type": "application/x-ndjson",
        "idempotency-key": batch.key,
        "webhook-id": batch.key,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(signature_of(secret, batch.key, at, body) for secret in secrets),
        "opsconsole-log": str(batch.first.log),
        "opsconsole-first": str(batch.first.position),
        "opsconsole-last": str(batch.last),
    }
