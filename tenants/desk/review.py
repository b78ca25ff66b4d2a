"""What this app adds to `/reviews/`."""

from typing import Any

from accounts.models import Person
from tenants.desk.use import UNUSED_DAYS, panel_use, said_of_panels


def unused_panels(*, person: Person) -> dict[str, Any]:
    """Return the panels nobody uses and what people said of the others."""
    return {
        "key": "panels",
        "title": "Panels and whether they answer",
        "lead": f"The last {UNUSED_DAYS} days. A panel that nobody opens can go, or needs a better question.",
        "template": "tenants/desk/_review.html",
        "panels": panel_use(),
        "said": said_of_panels(),
    }
