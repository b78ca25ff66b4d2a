"""The customer user a session acts as, for a product with Django's own kind of users."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError


def find(subject_id: str, _org: str) -> Any:
    """The user with this primary key, or None. A product with tenants names a function of its own that also looks at the org."""
    try:
        return get_user_model()._default_manager.filter(pk=subject_id).first()  # noqa: SLF001
    except (ValueError, ValidationError):
        return None


def is_superior(user: Any) -> bool:
    """True for the product's own staff."""
    return bool(getattr(user, "is_staff", False) or getattr(user, "is_superuser", False))


def label(user: Any) -> str:
    """What the banner calls the user."""
    full = getattr(user, "get_full_name", lambda: "")()
    return str(full or user.get_username())
