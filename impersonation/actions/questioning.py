"""The verb behind "question this access": the customer's question about a session comes to the reviewers."""

from uuid import UUID

from django.db import transaction

from audit.actions import record
from grants.actions.errors import about
from grants.consent.actions.linking import LinkIsOver, customer_of
from grants.matching.listing import finding_for
from grants.models import CustomerLink, FindingEvent, Outbox, UseFinding
from grants.notifications import people_with, tell_people
from impersonation.models import SupportSession
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Invalid

SHOWN = 300  # characters of a question in the reviewers' list; the event has more


class AskedAlready(Conflict):
    code = "asked_already"


def question_session(*, link_id: UUID, comment: str) -> UseFinding:
    """Open a review of the access behind a receipt and return it; one question a receipt. An access that was looked at opens again.

    Raises `LinkIsOver`, `AskedAlready`, `Invalid` without a question.
    """
    comment = comment.strip()
    if not comment:
        raise Invalid({"comment": "Write what you want to know."})
    with transaction.atomic(durable=True):
        link = CustomerLink.objects.select_for_update(of=("self",)).get(
            pk=link_id, kind=CustomerLink.Kind.RECEIPT
        )
        sessions = SupportSession.objects.select_related("tenant", "case", "grant")
        session = sessions.get(pk__in=[link.about])
        now = database_now()
        if link.revoked_at or link.expires_at <= now:
            error = LinkIsOver("This link has ended.", state="ended")
            raise about(error, tenant=session.tenant, trail=session.trail())
        if link.used_at:
            error_asked = AskedAlready("You asked already; somebody looks at it.", state="asked")
            raise about(error_asked, tenant=session.tenant, trail=session.trail())
        link.used_at = now
        link.save(update_fields=["used_at"])
        return _ask(session, comment)


def _ask(session: SupportSession, comment: str) -> UseFinding:
    now = database_now()
    words = comment if len(comment) <= SHOWN else f"{comment[: SHOWN - 1]}…"
    finding, _made = UseFinding.objects.get_or_create(
        grant_id=session.grant_id,
        kind=UseFinding.Kind.QUESTIONED,
        defaults={"words": f"The customer asks about a support session: “{words}”", "found_at": now},
    )
    event_id = record(
        "session.questioned",
        actor=customer_of(session.tenant),
        tenant=session.tenant.as_ref(),
        obj=finding.as_ref(),
        subject=session.subject_ref(),
        trail=session.trail(),
        authority="none",
        comment=comment,
    )
    FindingEvent.objects.create(finding=finding, event_id=event_id, event_at=now)
    _tell(finding)
    return finding


def _tell(finding: UseFinding) -> None:
    """Tell the reviewers who had no part in it; all of them where each had one, so that the question is never left lying."""
    reviewers = people_with("review")
    free = [person for person in reviewers if not finding_for(person.pk, finding.pk).mine]
    tell_people(
        Outbox.Kind.USE_QUESTIONED, free or reviewers, database_now(), path=finding.get_absolute_url()
    )
