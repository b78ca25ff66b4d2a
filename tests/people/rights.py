"""Standing rights, given as an administrator gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any

LATER = timedelta(days=90)


def terms(**changes: Any) -> Any:
    """Return terms that do: an owner, a reason and a review date."""
    from accounts.rights.actions import Terms

    usual: dict[str, Any] = {
        "owner": "Head of customer success",
        "reason": "Looks after this customer.",
        "review_on": (datetime.now(UTC) + LATER).date(),
    }
    return Terms(**(usual | changes))


def give(person: Any, obj: Any, right: str = "view_tenant", **changes: Any) -> Any:
    """Let the administrator give somebody a right and return it."""
    from accounts.models import Person
    from accounts.rights.actions import give_right

    admin = Person.objects.get(username="admin")
    return give_right(actor=admin, person=person, right=right, obj=obj, terms=terms(**changes))
