"""The verb of the identity provider or the HR system: a signed call off-boards somebody, once."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from accounts.actions import LastAdministrator
from accounts.leaving.actions.leaving import Leaving, OffBoardedAlready, end_everything
from accounts.models import LeaveCall, Person
from audit.actions import sent_together
from audit.refs import Actor
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid, Refused
from opsconsole.lib.signed_calls import (
    MOST_A_MINUTE,
    TOLERANCE,
    Answer,
    Call,
    Fields,
    KeyUsedTwice,
    TooManyCalls,
    TooOld,
)

COMPANY = Actor("system", "people", "The company's directory")
ONE_CALL = 7_301_031  # advisory lock of the transaction: calls are answered one after the other
FIELDS = Fields(
    needed=("event", "person"), optional=("reason", "to"), longest={"event": 20, "person": 254, "to": 254}
)
LEFT = "left"


class UnknownPerson(Refused):
    code = "not_found"
    status = 404


def receive_leaver(*, call: Call) -> Answer:
    """Off-board somebody on a signed call and return the answer; the same id with the same body gets the same answer again.

    Raises `TooOld` beyond the tolerance by the database's clock, `TooManyCalls`, `KeyUsedTwice` for an id with another body. Nobody is
    asked for a factor: the signature is who says so. The last administrator stays.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_CALL])
        now = database_now()
        if abs(now - call.at) > TOLERANCE:
            raise TooOld("This call was signed too long ago, or its clock is wrong.")
        earlier = LeaveCall.objects.filter(pk=call.key).first()
        if earlier is not None:
            if earlier.body_digest != call.digest:
                raise KeyUsedTwice("This id came with another body before.", state="answered")
            return Answer(earlier.status, earlier.answer)
        if LeaveCall.objects.filter(received_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
            raise TooManyCalls("Too many calls in this minute.")
        person, answer = _answer(call)
        LeaveCall.objects.create(
            key=call.key,
            body_digest=call.digest,
            person=person,
            status=answer.status,
            answer=answer.body,
            received_at=now,
        )
    return answer


def _answer(call: Call) -> tuple[Person | None, Answer]:
    person: Person | None = None
    try:
        texts = _texts(call)
        person = _named(texts["person"])
        to = _named(texts["to"]) if "to" in texts else None
        reason = texts.get("reason", "The company's directory says that they left.")
        with transaction.atomic(), sent_together():
            ended = end_everything(Leaving(person, reason, None, COMPANY, to))
        answer = Answer(200, {"person": str(person.pk), "state": "off-boarded", "ended": ended})
    except OffBoardedAlready:
        answer = Answer(
            200, {"person": str(person.pk if person else ""), "state": "off-boarded already", "ended": []}
        )
    except UnknownPerson as fault:
        answer = Answer(404, {"error": fault.code}, fault)
    except LastAdministrator as fault:
        answer = Answer(409, {"error": fault.code, "sentence": fault.sentence, "state": fault.state}, fault)
    except Invalid as fault:
        answer = Answer(422, {"error": "invalid", "errors": fault.errors}, fault)
    return person, answer


def _texts(call: Call) -> dict[str, str]:
    texts, faults = FIELDS.read(call.body)
    if not faults and texts["event"] != LEFT:
        faults["event"] = f"Unknown. Send “{LEFT}”."
    if faults:
        raise Invalid(faults)
    return texts


def _named(name: str) -> Person:
    """Return the one person of a sign-in name, mail address or id. Raises `UnknownPerson`, for two of one address too."""
    found = list(Person.objects.filter(Q(username__iexact=name) | Q(email__iexact=name))[:2])
    if len(found) != 1:
        raise UnknownPerson("Nobody is called this here.")
    return found[0]
