"""Signed calls of other systems, answered one after the other and each id once; which verb a call is belongs to the app above."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from opsconsole.lib.clock import database_now
from opsconsole.lib.signed_calls import (
    MOST_A_MINUTE,
    TOLERANCE,
    Answer,
    Call,
    KeyUsedTwice,
    TooManyCalls,
    TooOld,
)


def answer_once(
    call: Call,
    *,
    kept: type[Model],
    lock: int,
    answer: Callable[[datetime], tuple[Answer, Mapping[str, Any]]],
) -> Answer:
    """Return the answer to a call; the same id with the same body gets the same answer again.

    `kept` is the table of the calls: key, body_digest, status, answer, received_at, and what `answer` adds. `lock` is the advisory lock
    under which its calls take turns. `answer` does what was asked, in this transaction, and returns the answer with what the row keeps
    beside it. Raises `TooOld` beyond the tolerance by the database's clock, `TooManyCalls`, `KeyUsedTwice` for an id with another body.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        now = database_now()
        rows: Any = kept._default_manager  # noqa: SLF001 - Django's own name for it
        if abs(now - call.at) > TOLERANCE:
            raise TooOld("This call was signed too long ago, or its clock is wrong.")
        earlier: Any = rows.filter(pk=call.key).first()
        if earlier is not None:
            if earlier.body_digest != call.digest:
                raise KeyUsedTwice("This id came with another body before.", state="answered")
            return Answer(earlier.status, earlier.answer)
        if rows.filter(received_at__gt=now - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
            raise TooManyCalls("Too many calls in this minute.")
        given, about = answer(now)
        rows.create(
            key=call.key,
            body_digest=call.digest,
            status=given.status,
            answer=given.body,
            received_at=now,
            **about,
        )
    return given
