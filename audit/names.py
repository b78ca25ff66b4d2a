"""Ids behind a name that somebody typed: from the names of sealed events, and from the few events that still wait for their seal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit.context import current
from audit.lookups import escaped
from audit.seal.leaf import COLUMNS

KINDS = ("actor", "tenant")
MOST = 500  # ids
MOST_WAITING = 2_000  # events; a round of the sealer leaves far fewer
_PLACES = [(what, COLUMNS.index(f"{what}_id"), COLUMNS.index(f"{what}_label")) for what in KINDS]


@dataclass(frozen=True)
class Named:
    """Whom a text names: by id, and by the whole label those that have no id, such as somebody not signed in."""

    ids: list[str]
    labels: list[str]


def names_in(rows: Iterable[Sequence[Any]]) -> set[tuple[str, str, str]]:
    """Return what, id and label of everybody whom some rows of `audit.seal.leaf.SELECT` name."""
    return {(what, row[key], row[label]) for row in rows for what, key, label in _PLACES if row[label]}


def labelled(what: str, text: str) -> Named:
    """Return the actors or tenants that had a name with some words in it, read once in each request."""
    context, key = current(), f"labelled {what} {text}"
    memo = context.memo if context else {}
    if key not in memo:
        memo[key] = _search(what, text)
    found: Named = memo[key]
    return found


def _search(what: str, text: str) -> Named:
    if what not in KINDS:
        raise ValueError(f"{what} has no names")
    sql = f"""
        SELECT id, label FROM audit_name WHERE what = %(what)s AND label ILIKE %(words)s
        UNION SELECT {what}_id, {what}_label FROM (
            SELECT {what}_id, {what}_label FROM audit_event WHERE (xid, seq) > (coalesce((
                SELECT last_xid FROM audit_seal_checkpoint WHERE log = (SELECT max(number) FROM audit_seal_log)
                ORDER BY size DESC LIMIT 1), '0'), -1)
            ORDER BY xid DESC, seq DESC LIMIT {MOST_WAITING}) AS waiting
        WHERE {what}_label ILIKE %(words)s LIMIT {MOST}"""  # noqa: S608 - `what` is one of KINDS
    with connection.cursor() as cursor:
        cursor.execute(sql, {"what": what, "words": f"%{escaped(text)}%"})
        found = cursor.fetchall()
    return Named(
        sorted({key for key, _label in found if key}), sorted({label for key, label in found if not key})
    )
