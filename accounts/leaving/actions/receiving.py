"""The verb of the identity provider or the HR system: a signed call off-boards somebody, once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import LastAdministrator
from accounts.leaving.actions.leaving import Leaving, OffBoardedAlready, end_everything
from accounts.models import LeaveCall, Person
from audit.actions import answer_once, sent_together
from audit.refs import Actor
from opsconsole.lib.errors import Invalid, Refused
from opsconsole.lib.signed_calls import Answer, Call, Fields

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

    Nobody is asked for a factor: the signature is who says so. The last administrator stays. Raises as `answer_once`.
    """

    def answer(_now: datetime) -> tuple[Answer, dict[str, Any]]:
        person, given = _answer(call)
        return given, {"person": person}

    return answer_once(call, kept=LeaveCall, lock=ONE_CALL, answer=answer)


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
    """Return the one person of a sign-in name, or else of a mail address; of several at one address, the one who is still here.

    A name counts before an address, so that nobody shields somebody by writing their name as an address of their own.
    Raises `UnknownPerson`, for two who are here at one address too.
    """
    for field in ("username__iexact", "email__iexact"):
        found = list(Person.objects.filter(**{field: name}).order_by("-is_active")[:2])
        if found and (len(found) == 1 or found[0].is_active != found[1].is_active):
            return found[0]
    raise UnknownPerson("Nobody is called this here.")
