"""Step-up: whether somebody has shown a second factor lately, by the database's clock (NIST IA-11)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Person
from accounts.queries import roles_in_force
from audit.context import current
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.step_up import ACTS, FACTORS, StepUpNeeded

SESSION_KEY = "second_factor"
MEMO = "second_factor"
MARK = "step_up"
WORDS = {
    "totp": "authenticator app",
    "webauthn": "passkey",
    "recovery_codes": "recovery code",
    "provider": "single sign-on",
}


@dataclass(frozen=True)
class Proof:
    """One person showed a second factor at one moment. `method` is totp, webauthn or recovery_codes."""

    person_id: UUID
    method: str
    at: datetime

    @property
    def words(self) -> str:
        """Return the method in plain words."""
        return WORDS.get(self.method, self.method)


def remember(request: HttpRequest, proof: Proof) -> None:
    """Keep a proof in the session, and in the unit of work for the verbs of this request."""
    request.session[SESSION_KEY] = {"method": proof.method, "at": proof.at.timestamp()}
    hold(proof)


def proof_of(request: HttpRequest, person: Person) -> Proof | None:
    """Return the last proof of this session, or None for a session that was opened without one."""
    kept = request.session.get(SESSION_KEY)
    return Proof(person.pk, kept["method"], datetime.fromtimestamp(kept["at"], UTC)) if kept else None


def hold(proof: Proof) -> None:
    """Let the verbs of this unit of work see the proof."""
    context = current()
    if context is not None:
        context.memo[MEMO] = proof


def asks_for(act: str) -> bool:
    """Tell whether the policy in force wants a fresh second factor for an act."""
    rules = roles_in_force()
    return rules.sign_in.second_factor and (act == FACTORS or act in rules.step_up.acts)


def guard_fresh(*, person: object, act: str) -> None:
    """Raise `StepUpNeeded` unless this unit of work carries a fresh proof of this very person; the log then says so.

    A token, a task and a command carry none, so what asks for step-up is closed to them.
    """
    if not asks_for(act):
        return
    context, minutes = current(), roles_in_force().step_up.minutes
    proof: Proof | None = context.memo.get(MEMO) if context else None
    if context is None or proof is None or proof.person_id != getattr(person, "pk", None):
        raise needed(act, minutes)
    age = database_now() - proof.at
    if not timedelta(0) <= age <= timedelta(minutes=minutes):
        raise needed(act, minutes)
    context.marks[MARK] = f"{proof.words}, shown {written(proof.at)}"


def needed(act: str, minutes: int) -> StepUpNeeded:
    """Return the refusal of an act, in words."""
    words = ACTS.get(act, "changing your second factors")
    return StepUpNeeded(
        f"{words[0].upper()}{words[1:]} asks for your second factor, shown in the last {minutes} minutes.",
        scope=act,
    )
