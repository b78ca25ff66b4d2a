"""What the integrity page tells: each finding with how it was found. Green is only what was proved within the hour."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from audit.models import Event
from audit.rights import excess_rights
from audit.seal import store, waiting
from audit.seal.store import Head
from audit.streams.queries import Standing, standings
from opsconsole.lib.clock import written

log = logging.getLogger(__name__)
PROOF_HOLDS = timedelta(hours=1)
VERIFY_EVERY = timedelta(minutes=50)
LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class Finding:
    """One line of the page: `tone` is good, notice or bad; `how` says how it is known."""

    title: str
    tone: str
    sentence: str
    how: str
    at: datetime | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Right:
    """Which database role may do what with the event table."""

    role: str
    rights: str


def oldest_unsealed_seconds() -> float:
    """Return the age of the oldest event that waits for its seal, 0 when none waits."""
    oldest = _waiting()[1]
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


def tell_what_waits() -> None:
    """Write a line of the console's own log where the oldest event waits for its seal too long, with the transactions it waits for."""
    seconds = oldest_unsealed_seconds()
    if seconds > LONGEST_WAIT.total_seconds():
        told = {"oldest_seconds": round(seconds), "waits_for": waiting.holders()}
        log.error("events wait for their seal", extra=told)


def _waiting() -> tuple[int, datetime | None]:
    known = store.logs()
    last = known[-1] if known else None
    return waiting.unsealed_since(last, store.latest_head(last.number) if last else None)


def verification_is_due() -> bool:
    """Tell whether the last full verification is so old that the page would soon stop being green."""
    last = _last_verification()
    return last is None or timezone.now() - last.at > VERIFY_EVERY


def _last_verification() -> Event | None:
    return Event.objects.filter(type="log.verified").order_by("-at", "-id").first()


def findings() -> list[Finding]:
    """Return all findings, in the order of the page."""
    known = store.logs()
    head = store.latest_head(known[-1].number) if known else None
    return [_verified(), _sealed(head), _waits(), *_witnesses(head), *_streams(), _rights(), _months()]


def overall(found: list[Finding]) -> str:
    """Return the tone of the whole: good only where every finding is."""
    tones = {finding.tone for finding in found}
    return next((tone for tone in ("bad", "notice") if tone in tones), "good")


def _verified() -> Finding:
    title, how = (
        "Full verification",
        "Every leaf, tile and head was computed again from the rows, every signature and copy checked.",
    )
    last = _last_verification()
    if last is None:
        return Finding(title, "notice", "The log has not been verified yet.", how)
    said = f"{last.fields.get('finding', '')}."
    if last.outcome != "ok":
        return Finding(title, "bad", said, how, last.at)
    fresh = timezone.now() - last.at <= PROOF_HOLDS
    return Finding(
        title,
        "good" if fresh else "notice",
        said if fresh else f"More than an hour ago: {said}",
        how,
        last.at,
    )


def _sealed(head: Head | None) -> Finding:
    title, how = (
        "Signed head",
        "An RFC 6962 tree over all events, its head signed with Ed25519 by a key outside of the database.",
    )
    if head is None:
        return Finding(title, "notice", "Nothing is sealed yet.", how)
    return Finding(title, "good", f"The newest head counts {head.size} entries.", how, head.at)


def _waits() -> Finding:
    title, how = (
        "Waiting for the seal",
        "An event is sealed once no transaction is open that began before its own.",
    )
    count, oldest = _waiting()
    if oldest is None:
        return Finding(title, "good", "No event waits.", how)
    late = timezone.now() - oldest > LONGEST_WAIT
    sentence = f"{count} event{'s wait' if count != 1 else ' waits'}, the oldest since then."
    return Finding(
        title, "bad" if late else "good", sentence, how, oldest, tuple(waiting.holders()) if late else ()
    )


def _witnesses(head: Head | None) -> list[Finding]:
    how = "A witness keeps signed heads where the console's administrators cannot change them: a rewrite would need every copy."
    rows = store.rows_of(
        """SELECT DISTINCT ON (target) target, accepted, size, sentence, at FROM audit_seal_receipt ORDER BY target, id DESC"""
    )
    if not rows:
        return [
            Finding(
                "Witnesses",
                "notice",
                "No witness is set up, so a rewrite by an administrator could not be told.",
                how,
            )
        ]
    return [
        Finding(
            f"Witness {target}",
            "good" if accepted else "bad",
            f"It has the head of {size} entries."
            if accepted
            else f"It did not take the head of {size} entries: {said}",
            how,
            at,
        )
        for target, accepted, size, said, at in rows
    ]


def _streams() -> list[Finding]:
    return [_stream(stand) for stand in standings() if stand.stream.is_on]


def _stream(stand: Standing) -> Finding:
    how = "A copy of every entry leaves the console in the order of the seal. Its position moves once the receiver has said that it has it."
    title, row = f"Stream {stand.stream.name}", stand.row
    if not stand.waiting:
        return Finding(
            title, "good", f"It has everything; entry {row.position} comes next.", how, row.last_sent_at
        )
    waits = "1 entry waits" if stand.waiting == 1 else f"{stand.waiting} entries wait"
    said = f"{waits}, {stand.behind_seconds:.0f} seconds behind."
    if row.failing_since:
        said += f" It has failed since {written(row.failing_since)}: {row.error}"
    return Finding(title, _stream_tone(stand), said, how, row.last_sent_at)


def _stream_tone(stand: Standing) -> str:
    if stand.is_late:
        return "bad"
    return "notice" if stand.row.failures else "good"


def _rights() -> Finding:
    excess = excess_rights(connection)
    how = "Asked of PostgreSQL at this moment, for the role this page runs as."
    sentence = (
        "The console may read and append evidence, and nothing else."
        if not excess
        else "The console holds rights it must not have."
    )
    return Finding("Database rights", "bad" if excess else "good", sentence, how, None, tuple(excess))


def _months() -> Finding:
    strays, last = store.rows_of(
        """SELECT EXISTS (SELECT 1 FROM audit_event WHERE tableoid = 'audit_event_default'::regclass),
                  (SELECT max(inhrelid::regclass::text) FROM pg_inherits
                   WHERE inhparent = 'audit_event'::regclass AND inhrelid <> 'audit_event_default'::regclass)"""
    )[0]
    ahead = str(last).removeprefix("audit_event_").replace("_", "-")
    coming = f"{timezone.now() + timedelta(days=31):%Y-%m}"
    how = "Events lie in one part for each month, made ahead; what fits none lands in a spare part."
    if strays:
        return Finding(
            "Months of the log",
            "notice",
            "Some events lie in the spare part: a month was not made in time.",
            how,
        )
    return Finding(
        "Months of the log",
        "good" if ahead >= coming else "notice",
        f"There is room until the end of {ahead}.",
        how,
    )


def database_rights() -> list[Right]:
    """Return which roles may do what with the event table, superusers included."""
    rows = store.rows_of(
        """SELECT role, string_agg(DISTINCT what, ', ' ORDER BY what) FROM (
               SELECT CASE WHEN a.grantee = 0 THEN 'everybody' ELSE pg_get_userbyid(a.grantee) END AS role, lower(a.privilege_type) AS what
               FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
               WHERE c.oid = 'audit_event'::regclass
                  OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_event'::regclass)
               UNION ALL SELECT pg_get_userbyid(a.grantee), 'insert (what the verbs fill in)'
               FROM pg_attribute t, aclexplode(t.attacl) AS a WHERE t.attrelid = 'audit_event'::regclass AND a.privilege_type = 'INSERT'
               UNION ALL SELECT rolname, 'anything: a superuser' FROM pg_roles WHERE rolsuper) AS held
           GROUP BY role ORDER BY role"""
    )
    return [Right(*row) for row in rows]
