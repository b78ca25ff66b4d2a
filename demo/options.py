"""What `make demo` reads from the environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.parts import ROOT, DemoError

HOST = "127.0.0.1"
GIVEN = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "PRODUCT_DATABASE_URL", "OPSCONSOLE_POLICY")


@dataclass(frozen=True)
class DemoSettings:
    """Ports, the directory, and the databases that are used instead of the demo's own."""

    port: int
    product_port: int
    directory: Path
    given: Mapping[str, str]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "DemoSettings":
        """Raises DemoError for a value that cannot be used."""
        given = {name: environment[name] for name in GIVEN if environment.get(name)}
        if "OPSCONSOLE_POLICY" in given:
            given["OPSCONSOLE_POLICY"] = str(_policy(given["OPSCONSOLE_POLICY"]))
        return cls(
            port=_port(environment, "PORT", 8000),
            product_port=_port(environment, "PRODUCT_PORT", 8001),
            directory=ROOT / (environment.get("DEMO_DIR") or ".local/demo"),
            given=given,
        )

    @property
    def public_url(self) -> str:
        """Where the console answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def product_url(self) -> str:
        """Where the demo product answers: the same machine by another name, so that its cookies are another site's."""
        return f"http://localhost:{self.product_port}"

    @property
    def own_product(self) -> bool:
        """True when the demo makes the product's database itself."""
        return "PRODUCT_DATABASE_URL" not in self.given

    @property
    def needs_postgres(self) -> bool:
        """True when the console's or the product's database is the demo's own."""
        return self.own_product or "DATABASE_URL" not in self.given


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise DemoError(f"{name} is {value!r}; it must be a number from 1 to 65535.")
    return int(value)


def _policy(value: str) -> Path:
    directory = ROOT / value
    if not (directory / "roles.toml").is_file():
        raise DemoError(
            f"OPSCONSOLE_POLICY is {value!r}, which is no policy directory: it has no roles.toml."
        )
    return directory


def check_port(name: str, port: int) -> None:
    """Raises DemoError when something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoError(
                f"Port {port} cannot be used ({os.strerror(error.errno or 0).lower()}); "
                f"choose another, such as: {name}={port + 10} make demo"
            ) from error
