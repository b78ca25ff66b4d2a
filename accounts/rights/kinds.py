"""Which standing rights there are. What they stand on belongs to higher apps, which fill `kinds` in `AppConfig.ready()`."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

from accounts.queries import Powers
from audit.refs import TenantRef


@dataclass(frozen=True)
class RightKind:
    """One kind of standing right, under the name that django-guardian keeps it by.

    `find` returns the object that somebody typed and raises `Invalid`, `place` is
    the tenant that events about it name. `used_by` tells whether a person of these powers gets anything from it.
    """

    codename: str
    title: str
    find: Callable[[str], Model]
    place: Callable[[Model], TenantRef | None]
    used_by: Callable[[Powers], bool]


kinds: dict[str, RightKind] = {}


def title_of(codename: str) -> str:
    """Return a right in words; one that no app declares stays its name."""
    return kinds[codename].title if codename in kinds else codename
