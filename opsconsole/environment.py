"""Where settings come from: the environment, else the running demo's `urls.env`. Standard library only."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET_KINDS = ("_URL", "_SECRET", "_SECRETS", "_SECRET_KEY", "_KEYS", "_TOKEN")
"""How the names of variables end that may hold a secret, and that NAME_FILE may name a file for."""
LONGEST_SECRET = 65_536  # bytes


class MissingEnvironment(Exception):
    """There is no database to talk to; the message is one sentence for the person at the keyboard."""


class WrongSecretFile(MissingEnvironment):
    """A secret's file cannot be used; the message names the variable, never the secret."""


def demo_directory() -> Path:
    """Return the directory of the demo: `DEMO_DIR`, or `.local/demo` of the project."""
    return ROOT / os.environ.get("DEMO_DIR", ".local/demo")


def load_environment() -> None:
    """Fill the environment from files of secrets, and from the running demo where `DATABASE_URL` is not set.

    Raises `WrongSecretFile`, and `MissingEnvironment` where no demo runs.
    """
    read_secret_files()
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


def read_secret_files() -> None:
    """Set NAME to what stands in the file that NAME_FILE names, so that no secret has to stand in an environment others can list.

    Only for names that end as those of secrets do. Raises `WrongSecretFile`.
    """
    for name in [name for name, path in os.environ.items() if name.endswith("_FILE") and path]:
        secret = name.removesuffix("_FILE")
        if not secret.endswith(SECRET_KINDS):
            continue
        if os.environ.get(secret):
            raise WrongSecretFile(f"opsconsole: {secret} and {name} are both set; keep one of them.")
        os.environ[secret] = _secret_in(name)
        del os.environ[name]


def _secret_in(name: str) -> str:
    try:
        text = Path(os.environ[name]).read_bytes()[: LONGEST_SECRET + 1].decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise WrongSecretFile(f"opsconsole: {name} names no file that can be read as text.") from None
    if not text or len(text) > LONGEST_SECRET:
        raise WrongSecretFile(f"opsconsole: {name} names a file that is empty or too long for a secret.")
    return text
