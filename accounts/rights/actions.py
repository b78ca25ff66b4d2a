"""The verbs on standing rights: give, keep, take, and close those whose end has passed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Model, Q
from django.http import Http404
from guardian.models import UserObjectPermission

from accounts.guarding import NotOnOneself, guard_owner, guard_people, guard_right_seen
from accounts.models import Person
from accounts.queries import powers_of
from accounts.rights.kinds import kinds, title_of
from accounts.rights.models import StandingRight
from accounts.rights.rules import RightRules, right_rules_in_force
from audit.actions import record
from audit.refs import SYSTEM, Actor, TenantRef
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid

REVIEWED_AFTER_HAND_ON = timedelta(days=30)
BATCH = 500  # rows
WITH = ("permission__content_type", "person")


class HeldAlready(Conflict):
    code = "held_already"


class RightEnded(Conflict):
    code = "right_ended"


@dataclass(frozen=True)
class Terms:
    """On which terms a right is given: who answers for it, why, when it is looked at again, and its end. An exception has an end."""

    owner: str
    reason: str
    review_on: date
    ends_at: datetime | None = None
    exception: bool = False

    def checked(self, now: datetime, rules: RightRules) -> "Terms":
        """Return the terms without spaces around the words. Raises `Invalid` with a sentence for each field that will not do."""
        faults = {}
        if not self.owner.strip():
            faults["owner"] = "Say who answers for this right."
        if len(self.reason.strip()) < 10:
            faults["reason"] = "Say in a few words why."
        if not now.date() < self.review_on <= (now + rules.review).date():
            faults["review_on"] = f"The policy wants a right looked at again within {rules.review_days} days."
        if self.exception and self.ends_at is None:
            faults["ends_at"] = "An exception has an end."
        elif self.ends_at and not now < self.ends_at:
            faults["ends_at"] = "This end has passed."
        elif self.exception and self.ends_at and self.ends_at > now + rules.exception:
            faults["ends_at"] = f"The policy lets an exception last {rules.exception_days} days at most."
        if faults:
            raise Invalid(faults)
        return Terms(self.owner.strip(), self.reason.strip(), self.review_on, self.ends_at, self.exception)

    def fitted(self, now: datetime) -> "Terms":
        """Return the terms with their dates within what the policy in force lets stand: for a verb that carries a right on."""
        rules, tomorrow = right_rules_in_force(), (now + timedelta(days=1)).date()
        review_on = max(tomorrow, min(self.review_on, (now + rules.review).date()))
        ends_at = (
            min(self.ends_at, now + rules.exception) if self.exception and self.ends_at else self.ends_at
        )
        return replace(self, review_on=review_on, ends_at=ends_at)


def give_right(*, actor: Person, person: Person, right: str, obj: Model, terms: Terms) -> StandingRight:
    """Give a standing right on one object and return it; guardian's row and its terms are written together (NIST AC-2, AC-6).

    Raises `MayNotManagePeople`, `StepUpNeeded`, `NotOnOneself`, `Invalid` for terms that will not do, `HeldAlready`.
    """
    guard_people(actor)
    if actor.pk == person.pk:
        raise NotOnOneself("Nobody gives rights to themselves. Ask another administrator.")
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not row.is_active:
            raise Conflict(f"{row} is not active.", state="inactive")
        if _held(row, right, obj):
            raise HeldAlready(f"{row} holds this right already.", state="held")
        if right in kinds and not kinds[right].used_by(powers_of(row, fresh=True)):
            raise Invalid({"right": f"No role of {row} has a use for this right, so it would give nothing."})
        return _give(actor.as_actor(), row, right, obj, terms, given_by=actor)


def install_right(*, actor: Actor, person: Person, right: str, obj: Model, terms: Terms) -> bool:
    """Give a first standing right as the owner of the tables and return True, False where the person holds it.

    Raises `MayNotManagePeople` for the app's role, `Invalid` as `give_right`.
    """
    guard_owner("First rights are given by the owner of the database.")
    with transaction.atomic(durable=True):
        if _held(person, right, obj):
            return False
        _give(actor, person, right, obj, terms, given_by=None)
    return True


def _held(person: Person, right: str, obj: Model) -> bool:
    rows = StandingRight.objects.standing().filter(person=person, object_key=str(obj.pk))
    return rows.filter(permission=_permission(right, obj)).exists()


def _permission(right: str, obj: Model) -> Permission:
    kind = ContentType.objects.get_for_model(obj)
    found = Permission.objects.filter(content_type=kind, codename=right).first() if right in kinds else None
    if found is None:
        raise Invalid({"right": "There is no such right on this."})
    return found


def _give(
    actor: Actor, person: Person, right: str, obj: Model, terms: Terms, *, given_by: Person | None
) -> StandingRight:
    now = database_now()
    terms = terms.checked(now, right_rules_in_force())
    row = StandingRight(
        person=person,
        permission=_permission(right, obj),
        object_key=str(obj.pk),
        object_label=str(obj),
        kind=StandingRight.Kind.EXCEPTION if terms.exception else StandingRight.Kind.STANDING,
        owner=terms.owner,
        reason=terms.reason,
        since=now,
        given_by=given_by,
        review_on=terms.review_on,
        ends_at=terms.ends_at,
    )
    row.save(force_insert=True)
    UserObjectPermission.objects.assign_perm(right, person, obj)
    record(
        "object_right.given",
        actor=actor,
        tenant=kinds[right].place(obj),
        obj=row.as_ref(),
        subject=person.as_ref(),
        **_told(row),
    )
    return row


def _told(row: StandingRight) -> dict[str, Any]:
    return {
        "right": title_of(row.permission.codename),
        "reason": row.reason,
        "owner": row.owner,
        "review_on": f"{row.review_on:%-d %b %Y}",
        "until": written(row.ends_at) if row.ends_at else "",
    }


def renew_right(*, actor: Person, right_id: UUID, terms: Terms, seen: str = "") -> StandingRight:
    """Keep a right on new terms and return it: who answers for it, why, when it is looked at again, until when.

    `seen` is how the right stood when the form was filled in. Raises as `give_right`, `EditedMeanwhile`, `RightEnded` for one that
    has ended or whose own end has passed: that is given anew, not kept.
    """
    guard_people(actor)
    with transaction.atomic(durable=True):
        row = lock_right(right_id)
        if actor.pk == row.person_id:
            raise NotOnOneself("Nobody keeps their own rights. Ask another administrator.")
        now = database_now()
        guard_right_seen(row, seen)
        if row.ends_at and row.ends_at <= now:
            raise RightEnded(f"This right ended on {written(row.ends_at)}. Give it anew.", state="ended")
        renew_within(row, actor=actor, terms=terms, now=now)
    return row


def renew_within(row: StandingRight, *, actor: Person, terms: Terms, now: datetime) -> None:
    """Keep a locked right on new terms, within a verb whose own door was passed, a review for one. Raises `Invalid`."""
    terms = terms.checked(now, right_rules_in_force())
    row.owner, row.reason, row.review_on, row.ends_at = (
        terms.owner,
        terms.reason,
        terms.review_on,
        terms.ends_at,
    )
    row.kind = StandingRight.Kind.EXCEPTION if terms.exception else StandingRight.Kind.STANDING
    row.reviewed_at = now
    row.save(update_fields=["owner", "reason", "review_on", "ends_at", "kind", "reviewed_at"])
    record(
        "object_right.renewed",
        actor=actor.as_actor(),
        tenant=tenant_of(row),
        obj=row.as_ref(),
        subject=row.person.as_ref(),
        **_told(row),
    )


def take_right(*, actor: Person, right_id: UUID, comment: str = "") -> StandingRight:
    """Take a standing right at once and return it. Raises `MayNotManagePeople`, `StepUpNeeded`, `RightEnded`."""
    guard_people(actor)
    with transaction.atomic(durable=True):
        row = lock_right(right_id)
        end_within(
            row, actor=actor, cause=StandingRight.Cause.TAKEN, comment=comment.strip(), now=database_now()
        )
    return row


def lock_right(right_id: UUID) -> StandingRight:
    """Return a right that stands, locked. Raises `Http404`, `RightEnded` for one that somebody has ended."""
    rows = StandingRight.objects.select_for_update(of=("self",)).select_related(*WITH)
    row = rows.filter(pk=right_id).first()
    if row is None:
        raise Http404("There is no such right.")
    if row.ended_at:
        raise RightEnded(f"This right ended on {written(row.ended_at)}.", state="ended")
    return row


def end_within(
    row: StandingRight, *, actor: Person | None, cause: StandingRight.Cause, comment: str, now: datetime
) -> None:
    """End a locked right within a verb: guardian's row goes, the terms stay with how it ended. `actor` None is the console itself."""
    end_many([row], actor=actor, cause=cause, comment=comment, now=now)


def end_many(
    rows: Sequence[StandingRight],
    *,
    actor: Person | None,
    cause: StandingRight.Cause,
    comment: str,
    now: datetime,
) -> None:
    """End locked rights, for one cause and in a few statements, within a verb; each with its event."""
    if not rows:
        return
    ids = [row.pk for row in rows]
    held = Q()
    for row in rows:
        held |= Q(user_id=row.person_id, permission_id=row.permission_id, object_pk=row.object_key)
        row.ended_at, row.end_cause, row.ended_by = now, cause, actor
    StandingRight.objects.filter(pk__in=ids).update(ended_at=now, end_cause=cause, ended_by=actor)
    UserObjectPermission.objects.filter(held).delete()
    places = tenants_of(rows)
    for row in rows:
        record(
            "object_right.ended",
            actor=actor.as_actor() if actor else SYSTEM,
            tenant=places.get(row.pk),
            obj=row.as_ref(),
            subject=row.person.as_ref(),
            authority="role" if actor else "none",
            right=title_of(row.permission.codename),
            cause=cause.label,
            by=actor.display_name if actor else "",
            comment=comment,
        )


def hand_on(row: StandingRight, *, by: Actor, actor: Person | None, to: Person) -> bool:
    """Give a right that has just ended to a colleague on its terms, within a verb; False where they hold it or its own end has passed.

    It is looked at again within a month: whoever answers for it did not choose this person.
    """
    obj, now = object_of(row), database_now()
    over = row.ends_at is not None and row.ends_at <= now
    if obj is None or over or _held(to, row.permission.codename, obj):
        return False
    review_on = min(row.review_on, (now + REVIEWED_AFTER_HAND_ON).date())
    exception = row.kind == StandingRight.Kind.EXCEPTION
    terms = Terms(row.owner, row.reason, review_on, row.ends_at, exception).fitted(now)
    _give(by, to, row.permission.codename, obj, terms, given_by=actor)
    return True


def object_of(row: StandingRight) -> Model | None:
    """Return what a right is held on, None where that is gone."""
    try:
        found: Model = row.permission.content_type.get_object_for_this_type(pk=row.object_key)
    except ObjectDoesNotExist:
        return None
    return found


def tenant_of(row: StandingRight) -> TenantRef | None:
    """Return the tenant that events about a right name, None for a right on a region or on what is gone."""
    return tenants_of([row]).get(row.pk)


def tenants_of(rows: Sequence[StandingRight]) -> dict[UUID, TenantRef]:
    """Return the tenants that events about some rights name, by right, in one query for each kind of object."""
    found = {}
    for content_type in {row.permission.content_type for row in rows}:
        these = [row for row in rows if row.permission.content_type_id == content_type.pk]
        objects = content_type.get_all_objects_for_this_type(pk__in=[row.object_key for row in these])
        by_key = {str(obj.pk): obj for obj in objects}
        for row in these:
            kind, obj = kinds.get(row.permission.codename), by_key.get(row.object_key)
            place = kind.place(obj) if kind and obj else None
            if place:
                found[row.pk] = place
    return found


def close_rights_over() -> int:
    """Close one batch of rights whose end has passed and return how many. They gave nothing from that moment on: this is the record."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_standingright WHERE ended_at IS NULL AND ends_at <= clock_timestamp()"
            " ORDER BY ends_at LIMIT %s FOR UPDATE SKIP LOCKED",
            [BATCH],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
        now = database_now()
        rows = list(StandingRight.objects.filter(pk__in=ids).select_related(*WITH))
        end_many(rows, actor=None, cause=StandingRight.Cause.OVER, comment="", now=now)
    return len(ids)
