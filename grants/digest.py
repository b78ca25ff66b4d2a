"""The digest that binds a decision to exactly what was shown: SHA-256 over the RFC 8785 form."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import rfc8785

if TYPE_CHECKING:
    from grants.models import AccessRequest
    from grants.policy import Decided


def digest_of(request: "AccessRequest", remaining: "Decided", said: Sequence[str] = ()) -> str:
    """Return 64 hex characters over what a decider is shown: who, where, what is left, how long, when, why, what was said."""
    more = {"owner": str(request.owner_id)} if request.owner_id else {}
    more |= {"kind": request.kind} if request.kind != "asked" else {}
    return _sha256(
        {
            **more,
            "request": str(request.pk),
            "case": str(request.case_id),
            "tenant": str(request.tenant_id),
            "environment": request.environment,
            "region": request.region,
            "requester": str(request.requester_id),
            "person": str(request.person_id),
            "scopes": sorted(remaining.scopes),
            "minutes": remaining.minutes,
            "starts_at": request.starts_at.isoformat() if request.starts_at else None,
            "reason": request.reason,
            "policy": request.policy_version,
            "round": request.round,
            "extends": str(request.extends_id) if request.extends_id else None,
            "said": list(said),
        }
    )


def same_question(*, case_id: UUID, person_id: UUID, scopes: Iterable[str]) -> str:
    """Return what two requests have in common that ask the same: case, person and scopes. One of them may wait at a time."""
    return _sha256({"case": str(case_id), "person": str(person_id), "scopes": sorted(scopes)})


def _sha256(value: dict[str, object]) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()  # type: ignore[arg-type]
