"""Opens the sources of a bundle, once per process and definition, and asks them beside each other."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from functools import partial
from importlib import import_module

from tenants.language.shapes import Question, Source
from tenants.sources.base import (
    Asked,
    AsksTogether,
    Engine,
    Params,
    Rows,
    SourceError,
    TimedOut,
    Unreachable,
    Writable,
    spell,
)
from tenants.sources.breaker import Breaker

ALONE_SECONDS = 600.0  # how long a question that failed or dallied among others is asked by itself
MOST_TOGETHER = 100  # rows of one question among others
ROLE_CHECKED_EVERY = 600.0  # seconds; a right may be given to the role later
_ENGINES = {
    "postgresql": ("tenants.sources.postgresql", "PostgreSQL"),
    "mysql": ("tenants.sources.mysql", "MySQL"),
    "sqlite": ("tenants.sources.sqlite", "SQLite"),
    "http": ("tenants.sources.http", "HttpJson"),
}


class OpenSource:
    """One source in one process: its engine, its breaker, and a few threads of its own so that it holds up nobody else."""

    def __init__(self, source: Source, engine: Engine) -> None:
        self.source, self.engine = source, engine
        self.breaker = Breaker(source.name)
        self._threads = ThreadPoolExecutor(source.connections, thread_name_prefix=f"source-{source.name}")
        self._role_lock = threading.Lock()
        self._role_checked = 0.0
        self._refusal = ""
        self._alone: dict[Question, float] = {}

    def submit_all(self, asked: Sequence[Asked], params: Params) -> "list[Future[Rows]]":
        """Begin to ask many questions, each with a future as `submit` gives; those that can go in one round trip do."""
        pairs: list[tuple[Asked, Future[Rows]]] = [(one, Future()) for one in asked]
        together = [pair for pair in pairs if self._joins(pair[0])]
        if len(together) > 1:
            for part in (together[::2], together[1::2]):
                self._threads.submit(self._ask_joined, part, params)
        for pair in pairs:
            if len(together) < 2 or pair not in together:
                self._ask_alone(*pair, params)
        return [promise for _, promise in pairs]

    def submit(self, ask: Question, params: Params, *, timeout: float, limit: int) -> "Future[Rows]":
        """Begin to ask in the background; the future raises `SourceError` for everything that goes wrong."""
        return self._threads.submit(self.ask, ask, params, timeout=timeout, limit=limit)

    def ask(self, ask: Question, params: Params, *, timeout: float, limit: int) -> Rows:
        """At most `limit` rows. Raises `SourceError`, `Resting` while the breaker is open, `Writable` for a role that can write."""
        return self._guarded(lambda: self.engine.rows(ask, params, timeout=timeout, limit=limit))

    def _joins(self, one: Asked) -> bool:
        """Whether a question may go with others: not one that held them up lately, or asks for many rows."""
        alone_since = self._alone.get(one.ask)
        return (
            isinstance(self.engine, AsksTogether)
            and one.limit < MOST_TOGETHER
            and (alone_since is None or time.monotonic() - alone_since > ALONE_SECONDS)
        )

    def _ask_joined(self, pairs: "list[tuple[Asked, Future[Rows]]]", params: Params) -> None:
        answers = self._together([one for one, _ in pairs], params)
        for (one, promise), answer in zip(pairs, answers, strict=True):
            if answer is None:
                self._ask_alone(one, promise, params)
            elif promise.set_running_or_notify_cancel():
                promise.set_result(answer)

    def _together(self, asked: list[Asked], params: Params) -> list[Rows | None]:
        nothing: list[Rows | None] = [None] * len(asked)
        if not isinstance(self.engine, AsksTogether):
            return nothing
        try:
            self.breaker.check()
            self.check_role()
        except SourceError:
            return nothing  # each says so for itself
        answers = self.engine.together(asked, params)
        failed = next((one for one, answer in zip(asked, answers, strict=True) if answer is None), None)
        if failed is not None:
            self._alone[failed.ask] = time.monotonic()
        return answers

    def _ask_alone(self, one: Asked, promise: "Future[Rows]", params: Params) -> None:
        asked = self.submit(one.ask, params, timeout=one.timeout, limit=one.limit)
        asked.add_done_callback(partial(_hand_on, promise))

    def check_role(self) -> None:
        """Raise `Writable` when the source may be written to."""
        with self._role_lock:
            if not self._role_checked or time.monotonic() - self._role_checked > ROLE_CHECKED_EVERY:
                self._refusal = self.engine.why_refused()
                self._role_checked = time.monotonic()
        if self._refusal:
            raise Writable(f"The source {self.source.name} is refused. {self._refusal}")

    def check_answers(self) -> None:
        """Raise `SourceError` where the source does not answer within its time limit, or is resting after failures."""
        self.breaker.check()
        asked = self._threads.submit(self.engine.why_refused)
        try:
            asked.result(self.source.timeout_seconds)
        except FutureTimeout:
            asked.cancel()
            raise TimedOut(
                f"{self.source.name} did not answer within {spell(self.source.timeout_seconds)}."
            ) from None
        except SourceError as error:
            self.breaker.failed(error)
            raise
        self.breaker.answered()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with suppress(SourceError):
            self.engine.close()

    def _guarded(self, work: Callable[[], Rows]) -> Rows:
        self.breaker.check()
        try:
            self.check_role()
            found = work()
        except SourceError as error:
            self.breaker.failed(error)
            raise
        self.breaker.answered()
        return found


def _hand_on(promise: "Future[Rows]", asked: "Future[Rows]") -> None:
    """Let the promise end as the question did."""
    if not promise.set_running_or_notify_cancel():
        return
    error = CancelledError() if asked.cancelled() else asked.exception()
    if error is not None:
        promise.set_exception(error)
    else:
        promise.set_result(asked.result())


_open: dict[tuple[int, str], tuple[Source, str, OpenSource]] = {}
_lock = threading.Lock()


def open_source(source: Source) -> OpenSource:
    """The open source of a definition, shared in this process. Raises `Unreachable` where its address is not set."""
    address = os.environ.get(source.url_env, "") if source.url_env else ""
    if source.url_env and not address:
        raise Unreachable(
            f"{source.name} is not set up: {source.url_env} is missing in the environment.",
            code="source_not_set_up",
        )
    key = (os.getpid(), source.name)
    with _lock:
        known = _open.get(key)
        if known and known[0] == source and known[1] == address:
            return known[2]
        opened = OpenSource(source, _engine(source, address))
        _open[key] = (source, address, opened)
    if known:
        known[2].close()
    return opened


def close_all() -> None:
    """Close every source of this process; for tests and the end of a command."""
    with _lock:
        mine = [key for key in _open if key[0] == os.getpid()]
        closing = [_open.pop(key)[2] for key in mine]
    for opened in closing:
        opened.close()


def _engine(source: Source, address: str) -> Engine:
    module, name = _ENGINES[source.kind]
    engine: Engine = getattr(import_module(module), name)(source, address)
    return engine
