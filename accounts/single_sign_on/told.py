"""What the identity provider told of somebody, read out of claims that were verified (OpenID Connect Core 1.0, 5.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST_SUBJECT = 191  # characters: what the table of links holds; OpenID Connect Core 1.0, 2, allows 255 and providers use far fewer
NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Told:
    """One person as the provider knows them. Only `issuer` and `subject` say who it is; the rest may change.

    `groups` is None where the claim is missing. `ways` are the values of `amr` and `acr`; `at` is when the person last showed something to
    the provider, long ago where it does not say.
    """

    issuer: str
    subject: str
    username: str
    name: str
    email: str
    email_verified: bool
    groups: tuple[str, ...] | None
    ways: frozenset[str]
    at: datetime


def told_by(claims: dict[str, Any], groups_claim: str) -> Told:
    """Return what verified claims say; a claim of another type than its specification's says nothing."""
    return Told(
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        username=_text(claims, "preferred_username"),
        name=_text(claims, "name"),
        email=_text(claims, "email"),
        email_verified=claims.get("email_verified") is True,
        groups=_groups(claims.get(groups_claim)),
        ways=frozenset([*_list(claims.get("amr")), _text(claims, "acr")]) - {""},
        at=_moment(claims.get("auth_time")),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _groups(value: Any) -> tuple[str, ...] | None:
    return tuple(_list(value)) if isinstance(value, list) else (value,) if isinstance(value, str) else None


def _moment(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**33:
        return NEVER
    return datetime.fromtimestamp(value, UTC)
