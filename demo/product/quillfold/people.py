"""Who support may act as, and who changed something."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from demo.product.quillfold.models import SettingsChange, User
from impersonation.product.sessions import changed


def subject(subject_id: str, org: str) -> User | None:
    """The user of this company, or None for one of another: a session never leaves its tenant."""
    try:
        return User.objects.select_related("tenant").filter(pk=subject_id, tenant_id=org).first()
    except ValidationError:
        return None


def is_superior(user: User) -> bool:
    """True for owners: support acts as the people who work with the product."""
    return user.role == "owner"


def remember(request: HttpRequest, setting: str, old: object, new: object) -> None:
    """Write a change into the company's history; what an agent did carries the agent's name."""
    actor: Any = getattr(request, "actor", None)
    user: Any = request.user
    SettingsChange.objects.create(
        tenant=user.tenant,
        changed_by=user,
        setting=setting,
        old_value=str(old),
        new_value=str(new),
        at=timezone.now(),
        support_agent=str(actor or ""),
    )
    changed(setting, old, new)
