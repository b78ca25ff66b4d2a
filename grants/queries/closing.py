"""What must be gone when a case closes, read from the database at that moment, and whether the same trouble was there before."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.models import ApiToken, Person, RoleMembership, StandingRight
from accounts.queries import roles_in_force
from accounts.rights.kinds import title_of as title_of_right
from grants import policy
from grants.models import AccessRequest, Case, Grant, GrantScope, ProductProblem
from opsconsole.lib.clock import database_now
from opsconsole.lib.registry import leftovers
from tenants.queries import language_in_force

AGAIN_WITHIN = timedelta(days=30)
NOBODYS = "support lead"  # owns trouble of a part that no panel names an owner for


@dataclass(frozen=True)
class Found:
    """One thing that was added under a case, or by its people while it was open: gone, or still there."""

    kind: str
    what: str
    gone: bool

    @property
    def must_end(self) -> bool:
        """Tell whether the case stays open until it is gone; anything else may stay for a reason that is written down."""
        return not self.gone and self.kind in ("grant", "request")


def found_of(case: Case, now: datetime) -> list[Found]:
    """Return every grant, request, role, standing right and token of a case's people since it was opened, as the database has it now."""
    people = Person.objects.in_bulk(_people_of(case))
    found = [*_grants(case, now), *_requests(case, now), *_roles(case, people), *_rights(case, people)]
    return [*found, *_tokens(case, people, now), *_of_other_apps(case)]


def as_json(found: list[Found]) -> list[dict[str, Any]]:
    """Return the findings as the closeout keeps them."""
    return [asdict(one) for one in found]


def _people_of(case: Case) -> set[UUID]:
    asked = AccessRequest.objects.filter(case=case).values_list("requester_id", "person_id")
    held = Grant.objects.filter(case=case).values_list("person_id", flat=True)
    return {key for key in (case.owner_id, *(pk for row in asked for pk in row), *held) if key}


def _grants(case: Case, now: datetime) -> list[Found]:
    found = []
    for grant in case.grants.select_related("person").prefetch_related("scopes").order_by("starts_at"):
        state = policy.state_at(
            now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at
        )
        scopes = ", ".join(row.scope for row in grant.scopes.all())
        found.append(Found("grant", f"Access of {grant.person} to {scopes}", state == "ended"))
    return found


def _requests(case: Case, now: datetime) -> list[Found]:
    waiting = case.requests.filter(status__in=AccessRequest.OPEN, pending_until__gt=now)
    return [
        Found("request", f"The request of {row.person}", False) for row in waiting.select_related("person")
    ]


def _roles(case: Case, people: dict[UUID, Person]) -> list[Found]:
    """Roles that somebody gave them since; those they came with have no giver."""
    titles = {role.key: role.title for role in roles_in_force().roles.values()}
    given = RoleMembership.objects.filter(
        person__in=people, since__gte=case.opened_at, given_by__isnull=False
    ).select_related("person")
    return [Found("role", f"{titles.get(row.role, row.role)}, given to {row.person}", False) for row in given]


def _rights(case: Case, people: dict[UUID, Person]) -> list[Found]:
    """Standing rights that these people got on this tenant since."""
    given = StandingRight.objects.select_related("person", "permission").filter(
        person__in=people, object_key=str(case.tenant_id), since__gte=case.opened_at
    )
    return [
        Found(
            "right",
            f"The standing right “{title_of_right(row.permission.codename)}”, given to {row.person}",
            row.ended_at is not None,
        )
        for row in given
    ]


def _tokens(case: Case, people: dict[UUID, Person], now: datetime) -> list[Found]:
    made = ApiToken.objects.filter(person__in=people, made_at__gte=case.opened_at).select_related("person")
    return [
        Found(
            "token",
            f"The API token {row.name} of {row.person}",
            bool(row.revoked_at) or row.expires_at <= now,
        )
        for row in made
    ]


def _of_other_apps(case: Case) -> list[Found]:
    return [
        Found("service", sentence, gone)
        for leftover in leftovers
        for sentence, gone in leftover(case_id=case.pk)
    ]


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble of a case: the part of the product that was looked into, its owner, and earlier cases with it."""

    kind: str
    title: str
    owner: str
    earlier: list[Case]


def troubles_of(case: Case, now: datetime) -> list[Trouble]:
    """Return each kind of trouble a case was about, by the access it took, with the tenant's cases of the last 30 days that took it too."""
    scopes = set(GrantScope.objects.filter(grant__case=case).values_list("scope", flat=True))
    before = Case.objects.filter(
        tenant=case.tenant_id, status=Case.Status.CLOSED, closed_at__gte=now - AGAIN_WITHIN
    ).exclude(pk=case.pk)
    return [
        Trouble(
            scope,
            title_of(scope),
            _owner_of(scope),
            list(before.filter(grants__scopes__scope=scope).distinct().order_by("-closed_at")),
        )
        for scope in sorted(scopes)
    ]


def title_of(kind: str) -> str:
    """Return a kind of trouble in words: the panel that answers it, or what its scope lets people do."""
    panel = next((panel for panel in language_in_force().panels if panel.scope == kind), None)
    scope = roles_in_force().scopes.get(kind)
    return panel.title if panel else scope.may if scope else kind


def _owner_of(kind: str) -> str:
    owners = (panel.owner for panel in language_in_force().panels if panel.scope == kind and panel.owner)
    return next(owners, NOBODYS)


def checklist_of(case: Case) -> dict[str, Any]:
    """Return what the closing form shows: what the database says now, the notes, and whether the trouble came back."""
    now = database_now()
    found = found_of(case, now)
    return {
        "found": found,
        "stays": [one for one in found if not one.gone and not one.must_end],
        "must_end": [one for one in found if one.must_end],
        "notes": bool(case.notes) or case.written.exists(),
        "again": [trouble for trouble in troubles_of(case, now) if trouble.earlier],
    }


def problems_section(*, person: Person) -> dict[str, Any]:
    """Return the section of `/reviews/` with trouble that came back within 30 days; registered in `ready()`."""
    since = database_now() - AGAIN_WITHIN
    rows = ProductProblem.objects.filter(at__gte=since).select_related("case", "tenant").order_by("-at")[:100]
    return {
        "key": "problems",
        "title": "The same trouble again",
        "lead": "Cases on one tenant that took the same access within 30 days, or that somebody called a problem of the product.",
        "template": "grants/_problems.html",
        "problems": [
            {"problem": row, "title": title_of(row.kind), "times": len(row.earlier) + 1} for row in rows
        ],
    }
