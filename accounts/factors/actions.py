"""The verbs of second factors: show one, add, remove, make recovery codes, and take all of somebody away who lost theirs."""

import logging
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.fernet import InvalidToken
from django.db import transaction
from django.http import HttpRequest

from accounts.factors import passkeys
from accounts.factors.adapter import key_ring
from accounts.factors.codes import digits_of, is_app_code, is_recovery_code, step_of
from accounts.factors.fresh import WORDS, Proof, remember
from accounts.factors.lockout import count_wrong, forgive, locked_out
from accounts.factors.queries import has_factor
from accounts.models import Person
from accounts.queries import roles_in_force
from accounts.sign_ins.actions import end_sign_ins, renew_session
from audit.actions import record
from audit.refs import ANONYMOUS, Actor
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, ConsoleError, Invalid, Refused
from opsconsole.lib.step_up import FACTORS, guard_step_up

MOST_PASSKEYS = 10
TYPES = Authenticator.Type
log = logging.getLogger(__name__)


class WrongFactor(Invalid):
    code = "wrong_factor"


class LockedOut(ConsoleError):
    """Too many wrong tries; the answer is the same whoever it is (429)."""

    code = "locked_out"
    status = 429


class FactorThere(Conflict):
    code = "factor_there"


class LastFactor(Conflict):
    code = "last_factor"


class MayNotResetFactors(Refused):
    code = "may_not_reset_factors"


@dataclass(frozen=True)
class Answer:
    """What somebody shows: the digits of an app or of a recovery code, or a passkey's answer as JSON."""

    code: str = ""
    passkey: str = ""


def show_factor(*, request: HttpRequest, person: Person, answer: Answer, signed_in: bool) -> Proof:
    """Check a second factor, use it up, and return the proof. A signed-in browser gets a new session key and keeps the proof.

    Raises `WrongFactor`, and `LockedOut` after too many tries, which count together with wrong passwords.
    """
    refusal: ConsoleError | None = None
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        method = "" if locked_out(request, row) else _fits(request, row, answer)
        proof = Proof(row.pk, method, database_now())
        if method:
            forgive(request, row)
            record("person.factor_shown", actor=row.as_actor(), obj=row.as_ref(), factor=proof.words)
            if signed_in:
                remember(request, proof)
                renew_session(request)
        else:
            refusal = _refuse(request, row, row.as_actor() if signed_in else ANONYMOUS)
    if refusal:
        raise refusal
    return proof


def _refuse(request: HttpRequest, person: Person, actor: Actor) -> ConsoleError:
    over = locked_out(request, person) or count_wrong(request, person)
    cause = "too many tries" if over else "it does not fit"
    record(
        "person.factor_refused",
        actor=actor,
        obj=person.as_ref(),
        authority="none",
        outcome="refused",
        outcome_code=cause.replace(" ", "_"),
        cause=cause,
    )
    if over:
        return LockedOut("There were too many tries. Wait a quarter of an hour.")
    return WrongFactor({"code": "That does not fit. Wait for the next code of the app, or take another way."})


def _fits(request: HttpRequest, person: Person, answer: Answer) -> str:
    """Return the method of an answer that fits and use it up, or an empty text."""
    if answer.passkey:
        return _passkey_fits(request, person, answer.passkey)
    digits = digits_of(answer.code)
    kind = TYPES.TOTP if is_app_code(digits) else TYPES.RECOVERY_CODES if is_recovery_code(digits) else ""
    row = Authenticator.objects.select_for_update().filter(user_id=person.pk, type=kind).first()
    if row is None:
        return ""
    try:
        fits = _app_fits(row, digits) if kind == TYPES.TOTP else row.wrap().validate_code(digits)
    except InvalidToken:
        log.warning(
            "The second factor of %s cannot be read: OPSCONSOLE_FACTOR_KEYS lacks its key.", person.pk
        )
        return ""
    return _used(row) if fits else ""


def _app_fits(row: Authenticator, digits: str) -> bool:
    step = step_of(_secret(row), digits, after=row.data.get("last_step", -1))
    if step is not None:
        row.data["last_step"] = step
        row.save(update_fields=["data"])
    return step is not None


def _secret(row: Authenticator) -> str:
    return key_ring().decrypt(row.data["secret"].encode()).decode()


def _passkey_fits(request: HttpRequest, person: Person, answer: str) -> str:
    try:
        shown = passkeys.shown(request, person, answer)
    except passkeys.NotThisPasskey:
        return ""
    row = Authenticator.objects.select_for_update().get(pk=shown.passkey.pk)
    known = row.data.get("count", 0)
    if (known or shown.count) and shown.count <= known:
        return ""  # used elsewhere since: a copy (WebAuthn, section 6.1.1)
    row.data["count"] = shown.count
    row.save(update_fields=["data"])
    return _used(row)


def _used(row: Authenticator) -> str:
    row.last_used_at = database_now()
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=row.last_used_at)
    return str(row.type)


def add_app(*, person: Person, secret: str, code: str) -> Proof:
    """Add the authenticator app that was given `secret` and shows `code`, and return the proof that this is.

    Raises `Invalid` for a code that does not fit, `FactorThere` for a second app, `StepUpNeeded` where the person has a factor already
    and has not shown it lately: a password alone adds the first one only.
    """
    with transaction.atomic(durable=True):
        row = _lock_to_add(person)
        if Authenticator.objects.filter(user_id=row.pk, type=TYPES.TOTP).exists():
            raise FactorThere("There is an authenticator app already. Remove it first.", state="enrolled")
        step = step_of(secret, digits_of(code), after=-1)
        if step is None:
            raise Invalid({"code": "That does not fit. Wait for the next code of the app."})
        kept = TOTP.activate(row, secret).instance
        kept.data["last_step"] = step
        kept.save(update_fields=["data"])
        return _added(row, kept)


def add_passkey(*, request: HttpRequest, person: Person, name: str, answer: str) -> Proof:
    """Add a passkey that a browser has just made, and return the proof that this is. Raises as `add_app` does."""
    with transaction.atomic(durable=True):
        row = _lock_to_add(person)
        if Authenticator.objects.filter(user_id=row.pk, type=TYPES.WEBAUTHN).count() >= MOST_PASSKEYS:
            raise FactorThere(f"There are {MOST_PASSKEYS} passkeys. Remove one first.", state="enrolled")
        try:
            credential = passkeys.added(request, answer)
        except passkeys.NotThisPasskey:
            raise Invalid(
                {"passkey": "The browser gave no passkey for this page. Please try again."}
            ) from None
        kept = WebAuthn.add(row, name.strip()[:60] or "Passkey", credential).instance
        return _added(row, kept)


def _lock_to_add(person: Person) -> Person:
    row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if has_factor(row):
        guard_step_up(row, FACTORS)
    return row


def _added(person: Person, kept: Authenticator) -> Proof:
    actor, name = person.as_actor(), str(kept.data.get("name", ""))
    record("person.factor_added", actor=actor, obj=person.as_ref(), factor=WORDS[kept.type], called=name)
    if not Authenticator.objects.filter(user_id=person.pk, type=TYPES.RECOVERY_CODES).exists():
        RecoveryCodes.activate(person)
        record("person.recovery_codes_made", actor=actor, obj=person.as_ref())
    return Proof(person.pk, str(kept.type), database_now())


def remove_factor(*, actor: Person, factor_id: int) -> None:
    """Remove one of one's own second factors. Raises `StepUpNeeded`, `Authenticator.DoesNotExist`, `LastFactor` where the policy wants one.

    The recovery codes go with the last one.
    """
    guard_step_up(actor, FACTORS)
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        mine = Authenticator.objects.filter(user_id=person.pk)
        row = mine.exclude(type=TYPES.RECOVERY_CODES).get(pk=factor_id)
        others = mine.exclude(type=TYPES.RECOVERY_CODES).exclude(pk=row.pk).exists()
        if not others and roles_in_force().sign_in.second_factor:
            raise LastFactor("The policy asks for one. Add another before you remove this.", state="last")
        said: dict[str, Any] = {"factor": WORDS[row.type], "called": str(row.data.get("name", ""))}
        (mine.filter(pk=row.pk) if others else mine).delete()
        record("person.factor_removed", actor=person.as_actor(), obj=person.as_ref(), **said)


def make_recovery_codes(*, actor: Person) -> None:
    """Make new recovery codes for oneself; the old ones are worth nothing from then on.

    Raises `StepUpNeeded`, `Conflict` for somebody without a second factor.
    """
    guard_step_up(actor, FACTORS)
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if not has_factor(person):
            raise Conflict("Recovery codes stand in for a second factor. Add one first.", state="none")
        Authenticator.objects.filter(user_id=person.pk, type=TYPES.RECOVERY_CODES).delete()
        RecoveryCodes.activate(person)
        record("person.recovery_codes_made", actor=person.as_actor(), obj=person.as_ref())


def keep_recovery_codes(*, actor: Person) -> None:
    """Stop showing one's recovery codes, for good."""
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        rows = Authenticator.objects.select_for_update()
        row = rows.filter(user_id=person.pk, type=TYPES.RECOVERY_CODES).first()
        if row is not None and not row.wrap().did_view:
            row.wrap().mark_as_viewed()
            record("person.recovery_codes_kept", actor=person.as_actor(), obj=person.as_ref())


def reset_factors(*, actor: Person, person: Person) -> None:
    """Take all second factors of somebody away who has lost theirs, and end their sign-ins; they enrol anew after their password.

    Raises `MayNotResetFactors` without the right to manage people or for oneself, `StepUpNeeded`.
    """
    if not actor.has_perm("console.manage_people"):
        raise MayNotResetFactors("You may not change people.", scope="manage_people")
    if actor.pk == person.pk:
        raise MayNotResetFactors("Nobody resets their own second factors. Ask another administrator.")
    guard_step_up(actor, "people")
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        Authenticator.objects.filter(user_id=row.pk).delete()
        end_sign_ins(row)
        record("person.factors_reset", actor=actor.as_actor(), obj=row.as_ref())
