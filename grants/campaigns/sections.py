"""What access reviews add to `/reviews/`."""

from typing import Any

from accounts.models import Person
from grants.campaigns.listing import campaigns_listed, changes_lately, lines_waiting
from grants.models import UnusualFlag
from grants.unusual.listing import open_flags

SHOWN = 4


def standing_section(*, person: Person) -> dict[str, Any]:
    """Return the access reviews with what waits, and the last changes of roles and rights."""
    outside = open_flags().filter(rule="outside").select_related("person")
    return {
        "key": "standing",
        "title": "Standing access",
        "lead": "Roles and rights that stay until somebody takes them. Each is looked at in time by somebody who does not hold it.",
        "template": "grants/campaigns/_section.html",
        "count": lines_waiting(),
        "campaigns": list(campaigns_listed()[:SHOWN]),
        "changes": changes_lately(),
        "outside": list(outside[:SHOWN]) if UnusualFlag.objects.exists() else [],
    }
