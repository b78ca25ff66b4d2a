"""What a person has enrolled."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.app_settings import RECOVERY_CODE_COUNT
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken

from accounts.factors.codes import grouped
from accounts.models import Person

TYPES = Authenticator.Type


@dataclass(frozen=True)
class Factor:
    """One second factor, as its owner sees it."""

    id: int
    kind: str
    name: str
    added_at: datetime
    last_used_at: datetime | None


def factors_of(person: Person) -> list[Factor]:
    """Return the app and the passkeys of a person, oldest first; recovery codes stand behind them and are none of their own."""
    rows = Authenticator.objects.filter(user_id=person.pk).exclude(type=TYPES.RECOVERY_CODES)
    return [
        Factor(row.pk, row.type, name_of(row), row.created_at, row.last_used_at)
        for row in rows.order_by("pk")
    ]


def name_of(row: Authenticator) -> str:
    """Return what a factor is called on pages."""
    return str(row.data.get("name", "")) or "Authenticator app"


def has_factor(person: Person) -> bool:
    """Tell whether a person can show a second factor at all."""
    return bool(Authenticator.objects.filter(user_id=person.pk).exclude(type=TYPES.RECOVERY_CODES).exists())


def has_app(person: Person) -> bool:
    """Tell whether a person has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type=TYPES.TOTP).exists())


def codes_left(person: Person) -> int:
    """Return how many recovery codes are unused."""
    row = _codes(person)
    return RECOVERY_CODE_COUNT - row.data["used_mask"].bit_count() if row else 0


def codes_to_show(person: Person) -> list[str]:
    """Return the recovery codes for their page, until their owner has said that they are kept; then none, for good."""
    row = _codes(person)
    if row is None or row.wrap().did_view:
        return []
    try:
        return [grouped(code) for code in row.wrap().get_unused_codes()]
    except InvalidToken:
        return []  # encrypted with a key that is gone: they open nothing, and new ones can be made


def _codes(person: Person) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(
        user_id=person.pk, type=TYPES.RECOVERY_CODES
    ).first()
    return found
