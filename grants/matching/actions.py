"""The verbs of matching: hold sealed events against approvals, close what was found with a word, mark a period as reviewed."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Person
from accounts.queries import powers_of
from audit.actions import record, sent_together
from audit.refs import SYSTEM, Ref
from grants.actions.errors import about
from grants.actions.reviewing import MayNotReview, check_word, looked_at
from grants.matching.listing import finding_for
from grants.matching.looking import Found, look
from grants.matching.period import beginning, last_mark, standing
from grants.matching.sealed import Place, last_of, named_between
from grants.models import FindingEvent, FindingWord, Grant, MatchPlace, PeriodReview, UseFinding
from opsconsole.lib.clock import database_now, written
from opsconsole.lib.errors import Conflict, Invalid

BATCH = 5_000  # entries of the sealed log
PERIOD_LOCK = 7_305_124_190_214_502  # number of the advisory lock; one mark at a time


class PeriodMarkedAlready(Conflict):
    """Somebody marked a period since the page was opened."""

    code = "period_marked_already"


def match_uses(*, limit: int = BATCH) -> int:
    """Hold the next sealed entries against the approvals they rest on, and return how many entries that were.

    What is found, its event and the place that was reached are one transaction: whatever is interrupted, no entry is left out and nothing
    is found twice. Returns 0 while another worker is at it.
    """
    with transaction.atomic(durable=True), sent_together():
        place = _lock_place()
        after = Place(place.log, place.position) if place else None
        last = last_of(after, limit) if after else None
        if place is None or after is None or last is None:
            return 0
        for found in look(named_between(after, last[0])):
            _keep(found)
        place.log, place.position = last[0].log, last[0].position
        place.save(update_fields=["log", "position"])
    return last[1]


def _lock_place() -> MatchPlace | None:
    MatchPlace.objects.bulk_create([MatchPlace()], ignore_conflicts=True)
    return MatchPlace.objects.select_for_update(skip_locked=True).first()


def _keep(found: Found) -> None:
    """Write a finding, or add later uses to one that stands; what stands already is left as it is."""
    finding = UseFinding.objects.filter(grant_id=found.grant_id, kind=found.kind).first()
    if finding is not None and found.kind != UseFinding.Kind.AFTER_END:
        return
    if finding is None:
        finding = UseFinding(
            grant_id=found.grant_id, kind=found.kind, words=found.words, found_at=database_now()
        )
        finding.save(force_insert=True)
    FindingEvent.objects.bulk_create(
        [FindingEvent(finding=finding, event_id=event_id, event_at=at) for event_id, at in found.basis],
        ignore_conflicts=True,
    )
    grant = Grant.objects.select_related("case", "tenant", "person").get(pk=found.grant_id)
    record(
        "finding.made",
        actor=SYSTEM,
        tenant=grant.tenant.as_ref(),
        obj=finding.as_ref(),
        subject=_holder(grant),
        trail=grant.trail(),
        authority="none",
        what=found.words.rstrip("."),
        kind=finding.kind,
        events=[str(event_id) for event_id, _at in found.basis],
    )


def close_finding(*, actor: Person, finding_id: UUID, word: str, comment: str = "") -> FindingWord:
    """Close one finding with a word, and return it. A later use after the end opens it again.

    Raises `MayNotReview` for who asked for the access, held it, ended it or decided on it, `LookedAtAlready`, `Invalid` for a word that
    needs a sentence.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        grant = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("case", "tenant", "person")
            .get(findings=finding_id)
        )
        finding = finding_for(actor.pk, finding_id)
        if "review" not in powers_of(actor, fresh=True).may or finding.mine:
            error = MayNotReview(
                "Somebody reviews this who neither asked for it, held it nor decided on it.", scope="review"
            )
            raise about(error, tenant=grant.tenant, trail=grant.trail())
        if not finding.is_open:
            raise about(looked_at(), tenant=grant.tenant, trail=grant.trail())
        check_word(word, comment)
        said = FindingWord(
            finding=finding.row,
            after=len(finding.events),
            word=word,
            comment=comment,
            reviewer=actor,
            at=database_now(),
        )
        said.save(force_insert=True)
        record(
            "finding.closed",
            actor=actor.as_actor(),
            tenant=grant.tenant.as_ref(),
            obj=finding.row.as_ref(),
            subject=_holder(grant),
            trail=grant.trail(),
            what=finding.row.words.rstrip("."),
            word=said.get_word_display(),
            comment=comment,
        )
    return said


def review_period(
    *, actor: Person, last: int, since: datetime | None = None, comment: str = ""
) -> PeriodReview:
    """Mark the time from the last mark until now as reviewed, and return the mark with what was closed in it and what stays open.

    `last` is the number of the mark the reviewer saw, 0 for none; `since` may be earlier than its end and never later, so that nothing
    lies between. Raises `MayNotReview`, `PeriodMarkedAlready`, and `Invalid` where something stays open without a word on why.
    """
    comment = comment.strip()
    with transaction.atomic(durable=True):
        return _review_period(actor, last, since, comment)


def _review_period(actor: Person, last: int, since: datetime | None, comment: str) -> PeriodReview:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PERIOD_LOCK])
    if "review" not in powers_of(actor, fresh=True).may:
        raise MayNotReview("Only somebody who reviews marks a period as reviewed.", scope="review")
    before, place = last_mark(), MatchPlace.objects.first() or MatchPlace()
    if (before.number if before else 0) != last:
        raise _marked()
    begins, until = since or beginning(before), database_now()
    if begins >= until or (before and begins > before.until):
        raise Invalid(
            {"since": "Begin no later than where the last review ended, so that nothing lies between."}
        )
    counted = standing(actor, begins, until)
    if counted.open and not comment:
        raise Invalid({"comment": "Say in a sentence why what is open stays open."})
    mark = PeriodReview(
        number=last + 1, since=begins, until=until, closed=counted.closed, left_open=counted.open, comment=comment,
        matched_log=place.log, matched_to=place.position, reviewer=actor,
    )  # fmt: skip
    mark.save(force_insert=True)
    record(
        "period.reviewed",
        actor=actor.as_actor(),
        obj=mark.as_ref(),
        since=written(begins),
        until=written(until),
        findings=mark.found_words,
        closed=mark.closed,
        left_open=mark.left_open,
        lists=counted.lines,
        matched_to=f"entry {place.position} of log {place.log}" if place.log else "",
        comment=comment,
    )
    return mark


def _marked() -> PeriodMarkedAlready:
    return PeriodMarkedAlready("Somebody marked a period since you opened this page.", state="reviewed")


def _holder(grant: Grant) -> Ref:
    return Ref("person", str(grant.person_id), grant.person.display_name)
