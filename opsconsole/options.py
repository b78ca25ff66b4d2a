"""What the environment says, read and judged once. A wrong value is one clear sentence at start, never a traceback."""

import logging
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvError

from opsconsole.databases import database_settings
from opsconsole.environment import MissingEnvironment, load_environment
from opsconsole.lib.webhooks import LOOPBACK, shared_secret

REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
WITNESSES = ("folder:/", "https://", "http://127.0.0.1:", "mailto:")
CONSOLE_MAIL = "console://"
EMAIL_SCHEMES = {"smtp", "smtps", "submission", "console"}
LONGEST_ISSUER = 200  # characters; it stands beside each link
OWNER_COMMANDS = {"migrate", "bootstrap", "install", "archive"}


class WrongOption(Exception):
    """One sentence that names the variable and the mend."""


@dataclass(frozen=True)
class Options:
    """The settings of the README's table. `owner_database` is empty but in the owner's own commands."""

    secret_key: str
    public_url: SplitResult
    database: dict[str, Any]
    owner_database: dict[str, Any]
    redis_url: str
    proxy_count: int
    log_level: str
    email: dict[str, Any]
    email_from: str
    seal_key_file: str
    session_keys: str
    factor_keys: list[str]
    witnesses: list[str]
    helpdesk_secrets: list[bytes]
    people_secrets: list[bytes]
    single_sign_on: dict[str, str]
    demo: bool

    @property
    def https(self) -> bool:
        return self.public_url.scheme == "https"


def read_options() -> Options:
    """Return the options, or end the process with one sentence on standard error and status 1."""
    try:
        load_environment()
        return _read(Env())
    except MissingEnvironment as error:
        sys.exit(str(error))
    except (EnvError, WrongOption) as error:
        sys.exit(f"opsconsole: {str(error).rstrip('.')}. The README's table lists the settings.")


def _read(env: Env) -> Options:
    owner = env.str("OWNER_DATABASE_URL", "") if _command() in OWNER_COMMANDS else ""
    return Options(
        secret_key=_secret(env.str("OPSCONSOLE_SECRET_KEY")),
        public_url=_public_url(env.str("OPSCONSOLE_PUBLIC_URL", "http://127.0.0.1:8000")),
        database=_database("DATABASE_URL", env.str("DATABASE_URL")),
        owner_database=_database("OWNER_DATABASE_URL", owner) if owner else {},
        redis_url=_redis(env.str("REDIS_URL")),
        proxy_count=_proxies(env.int("OPSCONSOLE_PROXY_COUNT", 0)),
        log_level=_level(env.str("OPSCONSOLE_LOG_LEVEL", "INFO").upper()),
        email=_email(env),
        email_from=env.str("OPSCONSOLE_EMAIL_FROM", "opsconsole@localhost"),
        seal_key_file=env.str("OPSCONSOLE_SEAL_KEY_FILE", ""),
        session_keys=env.str("OPSCONSOLE_SESSION_KEY_DIR", ""),
        factor_keys=_factor_keys(env.list("OPSCONSOLE_FACTOR_KEYS", [])),
        witnesses=_witnesses(env.list("OPSCONSOLE_WITNESSES", [])),
        helpdesk_secrets=_secrets(env, "OPSCONSOLE_HELPDESK_SECRETS"),
        people_secrets=_secrets(env, "OPSCONSOLE_PEOPLE_SECRETS"),
        single_sign_on=_single_sign_on(env),
        demo=env.bool("OPSCONSOLE_DEMO", False),
    )


def _command() -> str:
    return sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""


def _secret(text: str) -> str:
    if len(text) < 32:
        raise WrongOption("OPSCONSOLE_SECRET_KEY must have at least 32 characters")
    return text


def _factor_keys(keys: list[str]) -> list[str]:
    if any(len(key) < 32 for key in keys):
        raise WrongOption("OPSCONSOLE_FACTOR_KEYS takes keys of at least 32 characters, with commas between")
    return keys


def _public_url(text: str) -> SplitResult:
    url = urlsplit(text.rstrip("/"))
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise WrongOption("OPSCONSOLE_PUBLIC_URL must look like https://console.example")
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        raise WrongOption("OPSCONSOLE_PUBLIC_URL must be https, except on loopback")
    return url


def _database(name: str, text: str) -> dict[str, Any]:
    try:
        return database_settings(text)
    except ValueError as error:
        raise WrongOption(f"{name} cannot be used: {error}") from error


def _redis(text: str) -> str:
    if not text.startswith(REDIS_SCHEMES):
        raise WrongOption(f"REDIS_URL must begin with {', '.join(REDIS_SCHEMES)}")
    return text


def _proxies(count: int) -> int:
    if not 0 <= count <= 10:
        raise WrongOption("OPSCONSOLE_PROXY_COUNT must be the number of proxies in front, 0 to 10")
    return count


def _level(text: str) -> str:
    if text not in logging.getLevelNamesMapping():
        raise WrongOption("OPSCONSOLE_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return text


def _witnesses(targets: list[str]) -> list[str]:
    for target in targets:
        if not target.startswith(WITNESSES):
            raise WrongOption(
                f"OPSCONSOLE_WITNESSES takes {', '.join(WITNESSES)}, with commas between; {target!r} is none of them"
            )
    return targets


def _secrets(env: Env, name: str) -> list[bytes]:
    texts: list[str] = env.list(name, [])
    if len(texts) > 2:
        raise WrongOption(f"{name} takes one secret, or two while one replaces the other")
    try:
        return [shared_secret(text.strip()) for text in texts]
    except ValueError:
        raise WrongOption(f"{name} needs secrets of at least 24 bytes") from None


def _single_sign_on(env: Env) -> dict[str, str]:
    """Return the company's OpenID provider, empty where there is none."""
    names = {"issuer": "ISSUER", "client_id": "CLIENT_ID", "secret": "CLIENT_SECRET"}
    found = {key: env.str(f"OPSCONSOLE_OIDC_{name}", "") for key, name in names.items()}
    if not any(found.values()):
        return {}
    if not all(found.values()):
        missing = ", ".join(f"OPSCONSOLE_OIDC_{name}" for key, name in names.items() if not found[key])
        raise WrongOption(f"single sign-on needs {missing} too")
    url = urlsplit(found["issuer"])
    safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)
    if not safe or not url.hostname or url.query or url.fragment or len(found["issuer"]) > LONGEST_ISSUER:
        raise WrongOption(
            "OPSCONSOLE_OIDC_ISSUER must look like https://login.example, as the provider writes its issuer"
        )
    return {**found, "name": env.str("OPSCONSOLE_OIDC_NAME", "the identity provider")}


def _email(env: Env) -> dict[str, Any]:
    url = urlsplit(env.str("OPSCONSOLE_EMAIL_URL", CONSOLE_MAIL))
    if url.scheme not in EMAIL_SCHEMES or (url.scheme != "console" and not url.hostname):
        raise WrongOption("OPSCONSOLE_EMAIL_URL must look like submission://user:password@mail.example:587")
    found: dict[str, Any] = dict(env.dj_email_url("OPSCONSOLE_EMAIL_URL", CONSOLE_MAIL))
    return {name: value for name, value in found.items() if name.startswith("EMAIL_")}
