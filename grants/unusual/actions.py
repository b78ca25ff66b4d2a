"""The verbs of unusual use: flag what a rule finds, dismiss or escalate a flag with a word."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record, sent_together
from audit.policies import active_policy
from audit.refs import SYSTEM, Trail
from grants.actions.ending import end_by_rule
from grants.actions.errors import about
from grants.actions.reviewing import MayNotReview, looked_at
from grants.matching.sealed import Place, last_before, last_of
from grants.models import FlagEvent, FlagPlace, FlagWord, Outbox, UnusualFlag
from grants.notifications import people_with, tell_people
from grants.unusual.looking import Found, look_at_events, look_at_rows
from grants.unusual.rules import TITLES, UnusualRules, unusual_rules_in_force
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid

BATCH = 5_000  # entries of the sealed log
FIRST_LOOK = timedelta(days=28)  # how far back the first pass over an old log goes
SPANS = {"reveals", "tenants", "refused"}
"""Rules that look at a stretch of time: the next flag of a person begins after the last one."""


def flag_unusual_use(*, limit: int = BATCH) -> int:
    """Hold the next sealed entries against the rules of the policy, and return how many entries that were.

    What is flagged, its event and the place that was reached are one transaction, as in matching. Returns 0 while another worker is at it.
    """
    with transaction.atomic(durable=True), sent_together():
        place = _lock_place()
        after = Place(place.log, place.position) if place else None
        last = last_of(after, limit) if after else None
        if place is None or after is None or last is None:
            return 0
        _raise(look_at_events(rules := unusual_rules_in_force(), after, last[0]), rules)
        place.log, place.position = last[0].log, last[0].position
        place.save(update_fields=["log", "position"])
    return last[1]


def flag_what_the_rows_say() -> int:
    """Flag access without a note, and rights that the log knows nothing of; return how many flags were raised."""
    with transaction.atomic(durable=True), sent_together():
        if _lock_place() is None:
            return 0
        rules = unusual_rules_in_force()
        return _raise(look_at_rows(rules), rules)


def _lock_place() -> FlagPlace | None:
    if not FlagPlace.objects.exists():
        begins = last_before(database_now() - FIRST_LOOK) or Place(0, -1)
        FlagPlace.objects.bulk_create(
            [FlagPlace(log=begins.log, position=begins.position)], ignore_conflicts=True
        )
    return FlagPlace.objects.select_for_update(skip_locked=True).first()


def _raise(found: Iterable[Found], rules: UnusualRules) -> int:
    rows = list(found)
    known = set(Person.objects.filter(pk__in={one.person_id for one in rows}).values_list("pk", flat=True))
    held = set(
        UnusualFlag.objects.filter(person__in=known, rule__in={one.rule for one in rows}).values_list(
            "rule", "person_id", "key"
        )
    )
    newest = _newest(known)
    raised = 0
    for one in rows:
        who = (one.rule, one.person_id)
        within = one.rule in SPANS and who in newest and one.since <= newest[who]
        if one.person_id in known and (*who, one.key) not in held and not within:
            held.add((*who, one.key))
            newest[who] = one.until
            _flag(one, rules)
            raised += 1
    return raised


def _newest(people: set[UUID]) -> dict[tuple[str, UUID], datetime]:
    rows = UnusualFlag.objects.filter(person__in=people, rule__in=SPANS).order_by()
    return {
        (row["rule"], row["person_id"]): row["until"]
        for row in rows.values("rule", "person_id").annotate(until=Max("until"))
    }


def _flag(one: Found, rules: UnusualRules) -> None:
    now = database_now()
    row = UnusualFlag(
        rule=one.rule, key=one.key, person_id=one.person_id, tenant_id=one.tenant_id, words=one.words, since=one.since,
        until=one.until, found_at=now, policy_version=active_policy().version,
    )  # fmt: skip
    row.save(force_insert=True)
    FlagEvent.objects.bulk_create(FlagEvent(flag=row, event_id=pk, event_at=at) for pk, at in one.basis)
    ended = 0
    if one.rule in rules.ends_access:
        ended = end_by_rule(row.person, f"The rule “{TITLES[one.rule]}” of the policy ends it.", now)
    record(
        "use.flagged",
        actor=SYSTEM,
        tenant=row.tenant.as_ref() if row.tenant else None,
        obj=row.as_ref(),
        subject=row.person.as_ref(),
        authority="none",
        rule=TITLES[one.rule],
        what=one.words,
        events=[str(pk) for pk, _at in one.basis],
        then=f"Ended by it: {ended} live access{'' if ended == 1 else 'es'}." if ended else "",
    )
    _tell(Outbox.Kind.USE_FLAGGED, row, people_with("review"))


def _tell(kind: str, row: UnusualFlag, people: Iterable[Person]) -> None:
    others = [person for person in people if person.pk != row.person_id]
    if others:
        tell_people(kind, others, database_now(), path=row.get_absolute_url())


def dismiss_flag(*, actor: Person, flag_id: UUID, comment: str) -> FlagWord:
    """Close a flag with a sentence on why it is in order, and return the word.

    Raises `MayNotReview` for whom it is about, `LookedAtAlready`, `Invalid` without a sentence.
    """
    with transaction.atomic(durable=True):
        said = _say(actor, flag_id, FlagWord.Word.DISMISSED, comment)
        record("flag.dismissed", **_told(said))
    return said


def escalate_flag(*, actor: Person, flag_id: UUID, comment: str) -> FlagWord:
    """Hand a flag on to those who manage people, with a sentence, and return the word; it stays listed until somebody dismisses it.

    Raises as `dismiss_flag`.
    """
    with transaction.atomic(durable=True):
        said = _say(actor, flag_id, FlagWord.Word.ESCALATED, comment)
        record("flag.escalated", **_told(said))
        others = [one for one in people_with("manage_people", "review") if one.pk != actor.pk]
        _tell(Outbox.Kind.USE_ESCALATED, said.flag, others)
    return said


def _say(actor: Person, flag_id: UUID, word: FlagWord.Word, comment: str) -> FlagWord:
    with connection.cursor() as cursor:  # nobody may change a flag, so its row cannot be locked
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"flag {flag_id}"])
    flag = UnusualFlag.objects.select_related("person", "tenant").get(pk=flag_id)
    if "review" not in powers_of(actor, fresh=True).may or flag.person_id == actor.pk:
        error = MayNotReview("Somebody reviews this whom it is not about.", scope="review")
        raise about(error, tenant=flag.tenant, trail=Trail()) if flag.tenant else error
    said = set(flag.said.values_list("word", flat=True))
    if FlagWord.Word.DISMISSED in said or word in said:
        raise looked_at()
    if not comment.strip():
        raise Invalid({"comment": "Say in a sentence what came of it."})
    row = FlagWord(flag=flag, word=word, comment=comment.strip(), reviewer=actor, at=database_now())
    row.save(force_insert=True)
    return row


def _told(said: FlagWord) -> dict[str, Any]:
    flag = said.flag
    return {
        "actor": said.reviewer.as_actor(),
        "tenant": flag.tenant.as_ref() if flag.tenant else None,
        "obj": flag.as_ref(),
        "subject": flag.person.as_ref(),
        "rule": TITLES.get(flag.rule, flag.rule),
        "what": flag.words.rstrip("."),
        "comment": said.comment,
    }
