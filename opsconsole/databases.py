"""Turns a database URL into Django's settings."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

FIELDS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database_settings(url: str) -> dict[str, Any]:
    """Return the entry of `DATABASES` for a libpq URL, sockets (`?host=/path`) included. Raises `ValueError` for what is no URL."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise ValueError("it does not begin with postgresql://")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except Exception as error:
        raise ValueError("it is no PostgreSQL URL") from error
    entry: dict[str, Any] = {name: parts.pop(key, "") for key, name in FIELDS.items()}
    return {
        **entry,
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"MIGRATE": False},
    }
