"""Whether a grant is what was approved: the digests are made again from the rows they bind, each time the grant is used.

Whoever changes a request, a decision or a grant behind the console's back ends the access by it. The columns come with the query that
asks for authority, so that this costs no query of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from grants import policy
from grants.digest import digest_of
from grants.models import AccessRequest

_FIELDS = AccessRequest._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns
COLUMNS = f"""
    g.person_id, g.digest, g.handed_over_from_id, g.counts_from, g.expires_at,
    grants_rests_on(r.id, r.round),
    {", ".join(f"r.{field.column}" for field in _FIELDS)}"""
"""Of `grants_grant g` and `grants_accessrequest r`; `read` takes them."""


@dataclass(frozen=True)
class Decision:
    """One decision of the present round: what the decider was shown, by its digest, and what they let through."""

    approves: bool
    digest: str
    let_through: policy.Decided


@dataclass(frozen=True)
class Evidence:
    """A grant and everything it rests on, as it stands now."""

    person_id: UUID
    digest: str
    handed_over: bool
    counts_from: datetime
    expires_at: datetime
    further_minutes: int
    asked: frozenset[str]
    said: tuple[str, ...]
    decisions: tuple[Decision, ...]
    request: AccessRequest

    def holds(self, scope: str) -> bool:
        """Tell whether the grant gives this scope by decisions on exactly what the request says, to its person, for no longer."""
        request, before = self.request, policy.Decided(self.asked, self.request.minutes)
        if len(self.decisions) < request.approvals_needed or self.digest != request.digest:
            return False
        if not self.decisions and digest_of(request, before, self.said) != request.digest:
            return False
        for decision in self.decisions:
            if not decision.approves or decision.digest != digest_of(request, before, self.said):
                return False
            before = policy.what_remains(before.scopes, before.minutes, [decision.let_through])
        if self.decisions and self.decisions[-1].digest != request.digest:
            return False
        longest = timedelta(minutes=before.minutes + self.further_minutes)
        same_person = self.handed_over or self.person_id == request.person_id
        return same_person and scope in before.scopes and self.expires_at <= self.counts_from + longest


def read(columns: Sequence[Any]) -> Evidence:
    """Return the evidence from a row of `COLUMNS`."""
    person_id, digest, before, counts_from, expires_at, rests_on, *fields = columns
    found = json.loads(rests_on)
    return Evidence(
        person_id=person_id,
        digest=digest,
        handed_over=before is not None,
        counts_from=counts_from,
        expires_at=expires_at,
        further_minutes=found["further"],
        asked=frozenset(found["asked"]),
        said=tuple(found["said"]),
        decisions=tuple(
            Decision(word == "approve", shown, policy.Decided(frozenset(scopes), minutes or 0))
            for word, shown, minutes, scopes in found["decisions"] or ()
        ),
        request=AccessRequest.from_db(None, [field.attname for field in _FIELDS], fields),
    )
