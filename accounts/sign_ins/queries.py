from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Person, SignIn


@dataclass(frozen=True)
class OpenSignIn:
    """One browser in which a person is signed in. `here` is the one that asks; `seen_at` is up to half a minute late."""

    id: UUID
    device: str
    factor: str
    opened_at: datetime
    seen_at: datetime
    here: bool


def open_sign_ins(request: HttpRequest, person: Person) -> list[OpenSignIn]:
    """Return where a person is signed in, this browser first, then the one used last."""
    rows = {row.session_key: row for row in SignIn.objects.filter(person=person, ended_at=None)}
    sessions = Session.objects.filter(pk__in=rows, expire_date__gt=timezone.now())
    found = [_open(rows[session.pk], session, request.session.session_key) for session in sessions]
    return sorted(found, key=lambda one: (not one.here, -one.seen_at.timestamp()))


def _open(row: SignIn, session: Session, here: str | None) -> OpenSignIn:
    seen = session.get_decoded().get("last_seen", row.opened_at.timestamp())
    return OpenSignIn(
        row.pk, row.device, row.factor, row.opened_at, datetime.fromtimestamp(seen, UTC), session.pk == here
    )


def sign_in_here(request: HttpRequest) -> SignIn | None:
    """Return the sign-in of this browser, None where its session was opened without one."""
    return SignIn.objects.filter(session_key=request.session.session_key, ended_at=None).first()


def sign_in_of(person: Person, sign_in_id: UUID) -> SignIn:
    """Return one of a person's own sign-ins that is open. Raises `SignIn.DoesNotExist`."""
    return SignIn.objects.get(pk=sign_in_id, person=person, ended_at=None)
