"""The result of an access review as one file, the same bytes each time; the event that closed the review carries its digest."""

import hashlib
from typing import Any

import rfc8785

from grants.models import Campaign, CampaignItem
from opsconsole.lib.clock import written

SCHEMA = "opsconsole access review 1"


def result_of(campaign: Campaign) -> bytes:
    """Return the result in the canonical form of RFC 8785: what the review was about, and one entry for each role and right."""
    rows = campaign.items.select_related("person", "reviewer", "decided_by").order_by("place")
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "review": str(campaign.pk),
        "title": campaign.title,
        "about": campaign.about,
        "subject": campaign.subject,
        "opened_at": written(campaign.opened_at),
        "due_at": written(campaign.due_at),
        "policy_version": campaign.policy_version,
        "entries": [_entry(row) for row in rows],
    }
    return bytes(rfc8785.dumps(value))


def digest_of(campaign: Campaign) -> str:
    """Return the SHA-256 of the result, in hex."""
    return hashlib.sha256(result_of(campaign)).hexdigest()


def _entry(row: CampaignItem) -> dict[str, Any]:
    return {
        "number": row.place,
        "person": {"id": str(row.person_id), "name": row.person.display_name},
        "kind": row.kind,
        "what": row.what,
        "since": written(row.since),
        "owner": row.owner,
        "reason": row.reason,
        "last_used": written(row.last_used_at) if row.last_used_at else "",
        "asked": row.reviewer.display_name,
        "decision": row.decision,
        "outcome": row.outcome,
        "comment": row.comment,
        "decided_by": row.decided_by.display_name if row.decided_by else "",
        "decided_at": written(row.decided_at) if row.decided_at else "",
    }
