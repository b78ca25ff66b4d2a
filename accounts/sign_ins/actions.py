"""The verbs of signing in and out: each sign-in is one row that its owner sees and can end."""

import time

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.factors.fresh import Proof, remember
from accounts.lockout import address_of, person_of, written
from accounts.models import Person, SignIn
from accounts.sign_ins.devices import device_id, device_words
from accounts.sign_ins.marks import keep_sign_in
from audit.actions import record
from audit.refs import ANONYMOUS, SYSTEM
from audit.rules import audit_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid
from opsconsole.lib.registry import tellers

BACKEND = "accounts.backends.RoleBackend"


def accept_password(*, person: Person) -> None:
    """Record that somebody gave the right password and still owes the second factor."""
    with transaction.atomic(durable=True):
        record("person.password_accepted", actor=person.as_actor(), obj=person.as_ref(), authority="none")


def sign_in(*, request: HttpRequest, person: Person, device: str, proof: Proof | None = None) -> None:
    """Open a session for a person whose secrets were checked, with a new session key, and write the event with it.

    `device` is the secret of the browser's cookie; `proof` the second factor that was shown, None where the policy asks for none.
    """
    with transaction.atomic(durable=True):
        login(request, person, backend=BACKEND)
        request.session["signed_in_at"] = request.session["last_seen"] = time.time()
        if proof:
            remember(request, proof)
        request.session.save()
        row = _open(request, person, device, proof)
        keep_sign_in(request, row)
        factor = proof.words if proof else ""
        record(
            "person.signed_in",
            actor=person.as_actor(),
            obj=person.as_ref(),
            private=_address(request),
            factor=factor,
        )
        if _is_new(row):
            record("person.new_device", actor=person.as_actor(), obj=person.as_ref(), device=row.device)
            for tell in tellers:
                tell(kind="new_device", people=[person], now=row.opened_at, path="/security/")


def _address(request: HttpRequest) -> dict[str, str]:
    """Return the address a request came from, where the policy wants that kept; the event only commits to it (NIST AU-3(3))."""
    address = address_of(request) if audit_rules_in_force().private.sign_in_address else ""
    return {"address": address} if address else {}


def _open(request: HttpRequest, person: Person, device: str, proof: Proof | None) -> SignIn:
    row = SignIn(
        person=person,
        session_key=request.session.session_key,
        device=device_words(request),
        device_id=device_id(device),
        factor=proof.method if proof else "",
        opened_at=database_now(),
    )
    row.save(force_insert=True)
    return row


def _is_new(row: SignIn) -> bool:
    """Tell whether a person who has signed in before does so from a browser of theirs that was never seen."""
    earlier = SignIn.objects.filter(person_id=row.person_id).exclude(pk=row.pk)
    return earlier.exists() and not earlier.filter(device_id=row.device_id).exists()


def sign_out(*, request: HttpRequest, person: Person) -> None:
    """End the session of this browser."""
    with transaction.atomic(durable=True):
        _close(SignIn.objects.filter(session_key=request.session.session_key))
        record("person.signed_out", actor=person.as_actor(), obj=person.as_ref())
        logout(request)


def note_refused_sign_in(*, username: str, cause: str) -> None:
    """Record a refused sign-in. A name that belongs to nobody is not kept: people type passwords there."""
    person = person_of(written(username))
    with transaction.atomic(durable=True):
        record(
            "person.sign_in_refused",
            actor=ANONYMOUS,
            obj=person.as_ref() if person else None,
            authority="none",
            outcome="refused",
            outcome_code=cause.replace(" ", "_"),
            cause=cause,
        )


def end_session(*, request: HttpRequest, person: Person, cause: str) -> None:
    """End the session of this browser for a cause of the policy, such as its idle time limit."""
    with transaction.atomic(durable=True):
        _close(SignIn.objects.filter(session_key=request.session.session_key))
        record("person.sign_in_ended", actor=person.as_actor(), obj=person.as_ref(), cause=cause)
        logout(request)


def end_own_sign_in(*, actor: Person, sign_in: SignIn) -> None:
    """End one of one's own sign-ins elsewhere, at once."""
    with transaction.atomic(durable=True):
        row = SignIn.objects.select_for_update().get(pk=sign_in.pk, person=actor)
        if row.ended_at is None:
            _close(SignIn.objects.filter(pk=row.pk))
            cause = f"by its owner, elsewhere ({row.device})"
            record("person.sign_in_ended", actor=actor.as_actor(), obj=actor.as_ref(), cause=cause)


def end_other_sign_ins(*, request: HttpRequest, actor: Person) -> int:
    """End all of one's own sign-ins but this one, and return how many they were."""
    with transaction.atomic(durable=True):
        others = SignIn.objects.filter(person=actor, ended_at=None)
        ended = _close(others.exclude(session_key=request.session.session_key))
        if ended:
            cause = f"by its owner, {ended} elsewhere"
            record("person.sign_in_ended", actor=actor.as_actor(), obj=actor.as_ref(), cause=cause)
    return ended


def end_sign_ins(person: Person) -> None:
    """End every sign-in of a person within a verb, which writes the event about them."""
    _close(SignIn.objects.filter(person=person, ended_at=None))


def change_password(*, request: HttpRequest, actor: Person, password: str) -> None:
    """Give oneself a new password, and end one's other sign-ins. The form has checked the old one and the new one's strength.

    No event ever holds either. Raises `Invalid` for the very password that an administrator gave (NIST IA-5(1)).
    """
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update().get(pk=actor.pk)
        if person.password_given and person.check_password(password):
            raise Invalid({"new_password1": "Somebody else knows this one. Choose another."})
        person.set_password(password)
        person.password_given = False
        person.save(update_fields=["password", "password_given"])
        here = request.session.session_key
        _close(SignIn.objects.filter(person=person, ended_at=None).exclude(session_key=here))
        update_session_auth_hash(request, person)
        SignIn.objects.filter(session_key=here).update(session_key=request.session.session_key)
        record("person.password_changed", actor=person.as_actor(), obj=person.as_ref())


def rehash_password(person: Person, password: str) -> None:
    """Keep a password that was just proved in the way Django asks for today. It stays the same, and no event holds it."""
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        record("person.password_rehashed", actor=SYSTEM, obj=person.as_ref())


def renew_session(request: HttpRequest) -> None:
    """Give this browser's session a new key, within a verb, which writes the event about its person."""
    here = request.session.session_key
    request.session.cycle_key()
    SignIn.objects.filter(session_key=here).update(session_key=request.session.session_key)


def _close(rows: QuerySet[SignIn]) -> int:
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(pk__in=[key for key in keys if key]).delete()
    return rows.update(session_key=None, ended_at=timezone.now())
