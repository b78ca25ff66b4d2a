"""The verb of off-boarding, and what a change of roles ends: all in one transaction (NIST AC-2(3), AC-2(13), PS-4, PS-5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.actions import keep_one_administrator
from accounts.guarding import NotOnOneself, guard_people, guard_seen
from accounts.models import ApiToken, Person, StandingRight
from accounts.queries import Powers, powers_of, roles_in_force
from accounts.rights.actions import end_many, hand_on
from accounts.rights.kinds import kinds, title_of
from accounts.sign_ins.actions import end_sign_ins
from audit.actions import record, sent_together
from audit.refs import Actor, Ref
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid
from opsconsole.lib.registry import enders, handers, tellers

SHORTEST_REASON = 5  # characters


class OffBoardedAlready(Conflict):
    code = "off_boarded_already"


@dataclass(frozen=True)
class Leaving:
    """Who leaves, why, who says so, and who takes over what they looked after. `actor` None where another system says so, named by `by`."""

    person: Person
    reason: str
    actor: Person | None
    by: Actor
    to: Person | None = None


def off_board(
    *, actor: Person, person: Person, reason: str, to: Person | None = None, seen: str = ""
) -> list[str]:
    """End everything that somebody can do, and return a sentence for each thing that ended or was handed on.

    Their sign-ins, tokens, factors, roles, rights, access, requests, proposals and cases end or go to `to`, in one transaction.
    Raises `MayNotManagePeople`, `StepUpNeeded`, `NotOnOneself`, `LastAdministrator`, `OffBoardedAlready`, `EditedMeanwhile` where
    `seen` is no longer how the person stands, `Invalid` without a reason or for somebody who cannot take over.
    """
    guard_people(actor)
    if actor.pk == person.pk:
        raise NotOnOneself("Nobody off-boards themselves. Ask another administrator.")
    with transaction.atomic(durable=True), sent_together():
        return end_everything(Leaving(person, reason.strip(), actor, actor.as_actor(), to), seen=seen)


def end_everything(leaving: Leaving, *, seen: str = "") -> list[str]:
    """Do what `off_board` does within a verb that has asked who says so. Raises as that does."""
    row = Person.objects.select_for_update(no_key=True).get(pk=leaving.person.pk)
    guard_seen(row, seen)
    if not row.is_active:
        raise OffBoardedAlready(f"{row} has been off-boarded.", state="inactive")
    _check(leaving)
    handed = [said for hand in handers for said in hand(person=row, to=leaving.to, actor=leaving.actor)]
    row.is_active = False
    row.save(update_fields=["is_active"])
    ended = [*_end_roles(row), *handed]
    keep_one_administrator()
    for ender in enders:
        ended += ender(person=row, actor=leaving.actor, reason=leaving.reason)
    ended += [*_end_rights(row, leaving), *_end_ways_in(row, leaving)]
    record(
        "person.off_boarded",
        actor=leaving.by,
        obj=row.as_ref(),
        reason=leaving.reason,
        count=len(ended),
        ended=ended,
        to=leaving.to.display_name if leaving.to else "",
    )
    return ended


def _check(leaving: Leaving) -> None:
    if len(leaving.reason) < SHORTEST_REASON:
        raise Invalid({"reason": "Say in a few words why, such as “Left the company on 21 November”."})
    if leaving.to and (leaving.to.pk == leaving.person.pk or not leaving.to.is_active):
        raise Invalid({"to": "Name a colleague who is still here."})
    if leaving.to and leaving.actor and leaving.to.pk == leaving.actor.pk:
        raise Invalid({"to": "Nobody hands things to themselves. Name another colleague."})


def _end_roles(person: Person) -> list[str]:
    known = roles_in_force().roles
    held = list(person.memberships.values_list("role", flat=True))
    person.memberships.all().delete()
    return [f"The role {known[key].title if key in known else key} was taken." for key in held]


def _end_rights(person: Person, leaving: Leaving) -> list[str]:
    """End every standing right; the right to see a tenant or region goes on to whoever takes over and can use it."""
    now, causes, rows = database_now(), StandingRight.Cause, _standing(person)
    to = leaving.to
    powers = powers_of(to, fresh=True) if to else None
    usable = {row.pk for row in rows if powers and _is_used_by(powers, row)}
    handed = [row for row in rows if row.pk in usable]
    others = [row for row in rows if row.pk not in usable]
    end_many(others, actor=leaving.actor, cause=causes.LEFT, comment="", now=now)
    end_many(handed, actor=leaving.actor, cause=causes.HANDED_ON, comment="", now=now)
    said, passed = [f"The right “{_words(row)}” ended." for row in others], False
    for row in handed:
        given = to is not None and hand_on(row, by=leaving.by, actor=leaving.actor, to=to)
        said.append(f"The right “{_words(row)}” {f'went to {to}' if given else 'ended'}.")
        passed = passed or given
    for tell in tellers if passed else ():
        tell(kind="rights_passed_on", people=[to], now=now, path="/profile/")
    return said


def _words(row: StandingRight) -> str:
    return f"{title_of(row.permission.codename)}: {row}"


def _standing(person: Person) -> list[StandingRight]:
    rows = StandingRight.objects.select_for_update(of=("self",)).standing()
    return list(rows.filter(person=person).order_by("object_label", "pk"))


def _is_used_by(powers: Powers, row: StandingRight) -> bool:
    kind = kinds.get(row.permission.codename)
    return kind is not None and kind.used_by(powers)


def _end_ways_in(person: Person, leaving: Leaving) -> Iterator[str]:
    """End sign-ins and tokens, and take the second factors away.

    The link to the identity provider stays: by it the console knows who is refused, and makes no new account for them.
    """
    sign_ins = person.sign_ins.filter(ended_at=None).count()
    end_sign_ins(person)
    if sign_ins:
        yield f"{sign_ins} {'sign-in was' if sign_ins == 1 else 'sign-ins were'} ended."
    now = database_now()
    live = ApiToken.objects.select_for_update().filter(person=person, revoked_at=None, expires_at__gt=now)
    tokens = list(live)
    ApiToken.objects.filter(pk__in=[token.pk for token in tokens]).update(revoked_at=now)
    for token in tokens:
        ref = Ref("token", str(token.pk), token.name)
        record("token.revoked", actor=leaving.by, obj=ref, owner=person.display_name)
        yield f"The API token {token.name} was revoked."
    factors, _ = Authenticator.objects.filter(user_id=person.pk).delete()
    if factors:
        yield "Their second factors were taken away."


def end_beyond_roles(*, person: Person, actor: Person | None, reason: str) -> list[str]:
    """End the standing rights that a person's roles of this moment have no use for; registered for changes of role."""
    powers = powers_of(person, fresh=True)
    rows = [row for row in _standing(person) if not _is_used_by(powers, row)]
    end_many(rows, actor=actor, cause=StandingRight.Cause.ROLE, comment=reason, now=database_now())
    return [f"The right “{_words(row)}” ended." for row in rows]
