"""The demo's PostgreSQL and Valkey, and the URLs of both or of those that were given instead."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from demo.console import Log
from demo.options import DemoSettings
from demo.parts import ROOT, DemoError, how_it_ended
from impersonation.product.keys import make_keys
from opsconsole.embedded import (
    EngineError,
    Postgres,
    Valkey,
    make_roles_and_databases,
    passwords_in,
    short_socket_dir,
)
from opsconsole.embedded.engine import Engine


class Engines:
    """Starts only what was not given. `start()` returns the environment of the console's processes.

    `product` is what the demo product alone runs with: the console never holds a role that can write there.
    """

    def __init__(self, settings: DemoSettings, log: Callable[[str], Log]) -> None:
        self.settings = settings
        self.log = log
        self.socket_dir = Path()
        self._running: list[tuple[Engine, Log]] = []
        self.product: dict[str, str] = {}
        self.urls: dict[str, str] = {}

    def start(self) -> dict[str, str]:
        """Raises DemoError when an engine cannot be had."""
        directory = self.settings.directory
        self._new_socket_dir(directory / "sockets")
        passwords = passwords_in(directory / "passwords.json")
        urls = {}
        try:
            if "REDIS_URL" not in self.settings.given:
                urls["REDIS_URL"] = self._start_valkey(directory)
            if self.settings.needs_postgres:
                urls |= self._start_postgres(directory, passwords)
        except EngineError as error:
            raise DemoError(str(error)) from error
        self.urls = urls
        return self._with_given(urls, os.environ.get("OPSCONSOLE_SECRET_KEY") or passwords["secret_key"])

    def processes(self) -> "list[subprocess.Popen[bytes]]":
        """The processes that must go on running."""
        return [engine.process for engine, _ in self._running if engine.process]

    def death_of(self, process: "subprocess.Popen[bytes]") -> DemoError:
        """What to say about an engine that stopped by itself."""
        engine, log = next(pair for pair in self._running if pair[0].process is process)
        return DemoError(f"{engine.name} {how_it_ended(process)}.", log.last_lines())

    def stop(self) -> None:
        """Stops what was started, the last first, and removes the sockets."""
        for engine, _ in reversed(self._running):
            engine.stop()
        if self.socket_dir != Path():
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _new_socket_dir(self, link: Path) -> None:
        if link.is_symlink():
            shutil.rmtree(link.readlink(), ignore_errors=True)
            link.unlink()
        self.socket_dir = short_socket_dir()
        link.symlink_to(self.socket_dir)

    def _start_valkey(self, directory: Path) -> str:
        valkey = Valkey(directory / "valkey", self.socket_dir)
        self._start(valkey)
        return valkey.url

    def _start_postgres(self, directory: Path, passwords: dict[str, str]) -> dict[str, str]:
        postgres = Postgres(directory / "postgres", self.socket_dir, passwords["postgres"])
        self._start(postgres)
        urls = make_roles_and_databases(postgres, passwords)
        self.product = {
            "PRODUCT_APP_DATABASE_URL": urls.product_app,
            "PRODUCT_SECRET_KEY": passwords["product_secret_key"],
            "PRODUCT_CONSOLE_URL": self.settings.public_url,
            "PRODUCT_KEYS": str(directory / "product-keys"),
        }
        return {
            "DATABASE_URL": urls.app,
            "OWNER_DATABASE_URL": urls.owner,
            "PRODUCT_DATABASE_URL": urls.product_reader,
            "PRODUCT_OWNER_DATABASE_URL": urls.product_owner,
        }

    def _start(self, engine: Postgres | Valkey) -> None:
        log = self.log(engine.name.lower())
        self._running.append((engine, log))
        try:
            with log.pipe() as output:
                engine.start(output)
        except EngineError as error:
            raise DemoError(str(error), log.last_lines()) from error

    def _with_given(self, urls: dict[str, str], secret_key: str) -> dict[str, str]:
        given = self.settings.given
        if "DATABASE_URL" in given:
            urls.pop("OWNER_DATABASE_URL", None)
        if "PRODUCT_DATABASE_URL" in given:
            urls.pop("PRODUCT_OWNER_DATABASE_URL", None)
        if self.settings.own_product:
            urls["PRODUCT_URL"] = self.settings.product_url
            urls["OPSCONSOLE_SESSION_KEY_DIR"] = str(self.settings.directory / "console-keys")
            for kept in (self.product["PRODUCT_KEYS"], urls["OPSCONSOLE_SESSION_KEY_DIR"]):
                make_keys(kept)
        return {
            **urls,
            "OPSCONSOLE_POLICY": str(ROOT / "demo/policy"),
            **(
                {}
                if "DATABASE_URL" in given
                else {
                    "OPSCONSOLE_WITNESSES": f"folder:{self.settings.directory}/witness",
                    "STREAM_FILE": f"{self.settings.directory}/logs/stream.jsonl",
                }
            ),
            **given,
            "OPSCONSOLE_SECRET_KEY": secret_key,
            "OPSCONSOLE_PUBLIC_URL": self.settings.public_url,
            "OPSCONSOLE_DEMO": "1",
        }
