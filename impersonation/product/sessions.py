"""The verbs of a session in the product, and the only place that writes its tables."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.utils.http import url_has_allowed_host_and_scheme

from . import cookies
from .conf import setting
from .context import acting
from .models import BoundObject, HeardCall, KeptAnswer, OutboxEvent, ProductSession
from .tokens import LONGEST_LIFE, SKEW

session_opened = Signal()
session_ended = Signal()  # sent once, in the transaction of the end, with `session`
SEEN_EVERY = 15  # seconds; a row is not written on every click
ANSWERS_KEPT = timedelta(
    days=1
)  # the console asks again within minutes, under the key of the run; values need not stay longer
LONGEST_FACT = 200  # characters of one fact in an event; the console keeps no more


class SessionOver(Exception):
    """A session that has ended never begins again."""


def open_session(claims: Mapping[str, Any], request: HttpRequest, *, next_path: str = "") -> HttpResponse:
    """Begin the session that a verified assertion names, or give it a new key; returns the redirect that hands over the cookie.

    Raises SessionOver for one that has ended here. A session this browser was in before is ended: one agent, one session.
    """
    key = cookies.new_key()
    with transaction.atomic():
        now = database_now()
        _end_the_one_before(request, str(claims["sid"]))
        session = _row_of(claims, now)
        session.key_hash = cookies.hash_of(key)
        session.save()
        note(session, "opened", mode=session.mode)
        session_opened.send(ProductSession, session=session)
    rotate_token(request)
    response = HttpResponseRedirect(_landing(next_path))
    cookies.give(response, key, now, session.ends_at)
    response["Cache-Control"] = "no-store, private"
    return response


def end(session: ProductSession, cause: str) -> bool:
    """End a session and all that was made in it; True where this call ended it."""
    with transaction.atomic():
        row = ProductSession.objects.select_for_update().get(pk=session.pk)
        if row.ended_at is not None:
            return False
        row.ended_at, row.cause = database_now(), cause[:40]
        row.save(update_fields=["ended_at", "cause"])
        _end_all_made(row)
        note(row, "ended", cause=cause, shown=row.shown, unshown=row.unshown)
        session_ended.send(ProductSession, session=row)
    session.ended_at, session.cause = row.ended_at, row.cause
    return True


def cause_of_end(session: ProductSession, now: datetime) -> str:
    """Return `absolute`, `idle`, the cause it ended with already, or nothing while it lives."""
    if session.ended_at is not None:
        return session.cause or "ended"
    if now >= session.ends_at:
        return "absolute"
    idle = timedelta(minutes=setting("IDLE_MINUTES"))
    return "idle" if now >= session.last_seen_at + idle else ""


def end_what_is_over() -> int:
    """End the sessions whose browser never came back, with all that was made in them; returns how many. Forgets old answers."""
    now = database_now()
    KeptAnswer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()
    over = [(row, cause_of_end(row, now)) for row in ProductSession.objects.filter(ended_at=None)]
    left = BoundObject.objects.filter(ended_at=None, session__ended_at__isnull=False).values("session")
    for row in ProductSession.objects.filter(pk__in=left):
        _end_all_made(row)
    return sum(end(row, cause) for row, cause in over if cause)


def note(session: ProductSession, kind: str, **facts: object) -> OutboxEvent:
    """Keep one event for the console, numbered without a gap within its session."""
    with transaction.atomic():
        ProductSession.objects.filter(pk=session.pk).update(sequence=F("sequence") + 1)
        seq = ProductSession.objects.values_list("sequence", flat=True).get(pk=session.pk)
        at = database_now()
        payload = {"kind": kind, **{name: _fact(value) for name, value in facts.items()}}
        return OutboxEvent.objects.create(session=session, seq=seq, at=at, payload=payload)


def seen(
    session: ProductSession, now: datetime, area: str = "", *, human: bool, sensitive_page: str = ""
) -> None:
    """Keep when a human last did something, and the area they are in; a new area and a sensitive page are events, a click is not."""
    changes: dict[str, object] = {}
    if human and (now - session.last_seen_at).total_seconds() >= SEEN_EVERY:
        changes["last_seen_at"] = now
    if area and area != session.area:
        changes["area"] = area
        note(session, "area", area=area)
    if sensitive_page and human:
        note(session, "sensitive", area=area, path=sensitive_page)
    if changes:
        ProductSession.objects.filter(pk=session.pk).update(**changes)


def heard_first(token_id: str) -> bool:
    """Keep the id of a signed call, and tell whether it came for the first time."""
    now = database_now()
    HeardCall.objects.filter(until__lt=now).delete()
    until = now + timedelta(seconds=LONGEST_LIFE + 2 * SKEW)
    return HeardCall.objects.get_or_create(token_id=token_id, defaults={"until": until})[1]


def changed(what: str, old: object, new: object) -> None:
    """Tell the console what an agent changed, old to new; nothing happens outside a session. To be called where it is written."""
    who = acting()
    if who is not None and who.row:
        note(ProductSession.objects.get(pk=who.row), "change", what=what, old=str(old), new=str(new))


def count(session_id: int, cause: str) -> None:
    """Count one answer: with its banner, or without and why."""
    rows = ProductSession.objects.filter(pk=session_id)
    if cause == "shown":
        rows.update(shown=F("shown") + 1)
        return
    with transaction.atomic():
        row = rows.select_for_update().only("unshown").get()
        row.unshown = {**row.unshown, cause: row.unshown.get(cause, 0) + 1}
        row.save(update_fields=["unshown"])


def keep_scratch(session_id: int, values: Mapping[str, Any]) -> None:
    """Keep what the product's pages wrote into `request.session`."""
    ProductSession.objects.filter(pk=session_id).update(scratch=dict(values))


def dies_with_session(made: models.Model) -> None:
    """Tie something to the session in which it was made, such as a token or an export; nothing happens outside one.

    At the end `made.end_with_support_session()` is called where there is one, else the row is deleted.
    """
    who = acting()
    if who is not None and who.row:
        BoundObject.objects.create(session_id=who.row, model=made._meta.label, object_id=str(made.pk))  # noqa: SLF001


def has_outlived(made: models.Model) -> bool:
    """Tell whether something was made in a session that is over by now: to be asked where a token is used, before any sweep came by."""
    ties = BoundObject.objects.filter(model=made._meta.label, object_id=str(made.pk))  # noqa: SLF001
    now = database_now()
    return any(cause_of_end(tie.session, now) for tie in ties.select_related("session"))


def database_now() -> datetime:
    """The database's clock: the one that decides whether a session is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp()" if connection.vendor == "postgresql" else "SELECT CURRENT_TIMESTAMP"
        )
        found = cursor.fetchone()[0]
    moment: datetime = datetime.fromisoformat(found) if isinstance(found, str) else found
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _row_of(claims: Mapping[str, Any], now: datetime) -> ProductSession:
    """The row as the assertion says; one that is there already keeps its start, its counters and its events."""
    row = ProductSession.objects.select_for_update().filter(sid=str(claims["sid"])).first()
    if row is not None and row.ended_at is not None:
        raise SessionOver("This support session has ended.")
    row = row or ProductSession(sid=str(claims["sid"]), started_at=now)
    agent = claims["act"]
    row.jti, row.subject_id = str(claims["jti"]), str(claims["sub"])
    row.act_sub, row.agent_label = str(agent["sub"]), str(agent.get("name") or agent["sub"])[:200]
    row.org = str(claims.get("org", ""))
    row.org_label = str(claims.get("org_label") or row.org)[:255]
    row.mode = "act" if claims.get("mode") == "act" else "view"
    row.scopes, row.deny, row.may = (_words(claims.get(name)) for name in ("scope", "deny", "may"))
    row.grant_id, row.ticket = str(claims.get("grant_id", "")), str(claims.get("ticket", ""))
    row.approver = str(claims.get("approver", ""))[:200]
    row.ends_at = datetime.fromtimestamp(int(claims["session_exp"]), UTC)
    row.last_seen_at = row.last_checked_at = row.last_answer_at = now
    return row


def _fact(value: object) -> object:
    """A text is cut to what the console keeps, without what no database takes: one long value would hold up all that comes after it."""
    if not isinstance(value, str):
        return value
    return "".join(each if each.isprintable() else " " for each in value[:LONGEST_FACT])


def _words(claim: object) -> list[str]:
    """A list, or words in one text as RFC 8693 writes scopes."""
    return [str(word) for word in claim] if isinstance(claim, (list, tuple)) else str(claim or "").split()


def _end_the_one_before(request: HttpRequest, sid: str) -> None:
    before = ProductSession.objects.filter(
        key_hash=cookies.hash_of(cookies.key_of(request)), ended_at=None
    ).exclude(sid=sid)
    for session in before:
        end(session, "another session")


def _landing(next_path: str) -> str:
    """A path on this host only, whatever was asked for."""
    fits = next_path.startswith("/") and url_has_allowed_host_and_scheme(next_path, allowed_hosts=None)
    return next_path if fits else str(setting("LANDING"))


def _end_all_made(row: ProductSession) -> None:
    """End what was made in a session. What cannot be ended now keeps no session alive, and is tried again by `support_session_send`."""
    for bound in BoundObject.objects.filter(session=row, ended_at=None):
        try:
            with transaction.atomic():
                _end_bound(bound, database_now())
        except Exception:  # whatever a product's code breaks on
            logging.getLogger(__name__).exception("%s outlives the session %s", bound, row.sid)


def _end_bound(bound: BoundObject, now: datetime) -> None:
    made = apps.get_model(bound.model)._base_manager.filter(pk=bound.object_id).first()  # noqa: SLF001
    ending = getattr(made, "end_with_support_session", None)
    if ending is not None:
        ending()
    elif made is not None:
        made.delete()
    bound.ended_at = now
    bound.save(update_fields=["ended_at"])
