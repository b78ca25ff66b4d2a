"""Where settings come from: the environment, else the running demo's `urls.env`. Standard library only."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class MissingEnvironment(Exception):
    """There is no database to talk to; the message is one sentence for the person at the keyboard."""


def demo_directory() -> Path:
    """Return the directory of the demo: `DEMO_DIR`, or `.local/demo` of the project."""
    return ROOT / os.environ.get("DEMO_DIR", ".local/demo")


def load_environment() -> None:
    """Fill the environment from the running demo where `DATABASE_URL` is not set. Raises `MissingEnvironment` where none runs."""
    if os.environ.get("DATABASE_URL"):
        return
    urls = demo_directory() / "urls.env"
    if not urls.is_file():
        raise MissingEnvironment(
            f"DATABASE_URL is not set and no demo runs in {demo_directory()}: start one with `make demo`, or set DATABASE_URL."
        )
    for line in urls.read_text(encoding="utf-8").splitlines():
        key, found, value = line.strip().partition("=")
        if found and not key.startswith("#"):
            os.environ.setdefault(key, value)
