"""The proof that an access ended: read from the log, so that no use of it costs a write of its own."""

from dataclasses import dataclass
from datetime import datetime

from audit.models import Event
from grants.models import Grant


@dataclass(frozen=True)
class Proof:
    """Last use that was allowed, first one that was refused after the end, and when the row was closed; None where there was none."""

    last_allowed: datetime | None
    first_refused: datetime | None
    row_closed: datetime | None


def proof_of(grant: Grant) -> Proof:
    """Return what the log says of a grant's end. Refusals are those of its holder on its tenant for its scopes."""
    over = min(grant.ended_at or grant.expires_at, grant.expires_at)
    used = Event.objects.filter(
        grant_id=grant.pk, authority__in=("grant", "break-glass"), outcome="ok"
    ).order_by("-at", "-id")
    refused = Event.objects.filter(
        type="request.refused",
        actor_id=str(grant.person_id),
        tenant_id=str(grant.tenant_id),
        at__gte=over,
        fields__scope__in=[row.scope for row in grant.scopes.all()],
    ).order_by("at", "id")
    return Proof(
        last_allowed=used.values_list("at", flat=True).first(),
        first_refused=refused.values_list("at", flat=True).first(),
        row_closed=grant.ended_at,
    )
