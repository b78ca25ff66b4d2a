"""What stands around the demo's week: what was written down on its open cases, what the helpdesk sent, and everybody's inbox."""

from datetime import datetime, timedelta

from audit.actions import record
from audit.context import seeding
from grants.actions.helpdesk import HELPDESK
from grants.delivery.receivers import receivers_of
from grants.delivery.words import path_of, sentence_for
from grants.models import AccessRequest, Case, CaseNote, Grant, Notice, Outbox
from tenants.models import Tenant

READ_AFTER = timedelta(hours=20)  # what is older has been read
KNOWN = {
    "HD-48215": (
        "The list of recurring invoices is empty since yesterday evening.",
        "Their bookkeeper and the owner.",
        "Called back on the number of the contract.",
    ),
    "HD-48230": (
        "Sign-in through the company login ends on a page that says the signature is not known.",
        "Everybody who signs in that way.",
        "Answered from the administrator's address, called back.",
    ),
    "HD-48236": (
        "Their shop gets no call when an invoice is paid; the last one came on Monday at 09:12.",
        "Their developer, in the shop's own log.",
        "Named the last four digits of the latest invoice.",
    ),
}
ARRIVED = (
    ("HD-48239", "harbor-lane-dental-prod-us", "Reminders go out twice since this morning.", 0.4),
    ("HD-48241", "northwind-paper-prod-eu", "The export of invoices stops at half.", 0.1),
)


def seed_what_was_told(now: datetime) -> None:
    """Write it once, after the week's cases stand, as the owner before the first seal."""
    _write_down()
    _arrive(now)
    for request in AccessRequest.objects.select_related("case__tenant", "tenant").order_by("asked_at"):
        kind = "asked" if request.status == "pending" else request.status
        grant = Grant.objects.filter(request=request).first()
        _tell(
            Outbox(kind=kind, case=request.case, request=request, grant=grant),
            request.closed_at or request.asked_at,
            now,
        )
    for grant in Grant.objects.filter(ended_at__isnull=False).select_related(
        "case__tenant", "request__tenant"
    ):
        if grant.ended_at:
            _tell(
                Outbox(kind="ended", case=grant.case, request=grant.request, grant=grant), grant.ended_at, now
            )


def _tell(row: Outbox, at: datetime, now: datetime) -> None:
    row.made_at = row.next_try_at = row.delivered_at = at
    row.save(force_insert=True)
    read_at = at + timedelta(minutes=20) if at < now - READ_AFTER else None
    Notice.objects.bulk_create(
        Notice(
            outbox=row,
            person_id=person_id,
            sentence=sentence_for(row, person_id),
            path=path_of(row),
            made_at=at,
            read_at=read_at,
        )
        for person_id in sorted(receivers_of(row))
    )


def _write_down() -> None:
    for case in Case.objects.filter(ticket__in=KNOWN).select_related("tenant", "owner"):
        at = case.opened_at + timedelta(minutes=1)
        texts = zip(("failed", "seen_by", "identity"), KNOWN[case.ticket], strict=True)
        notes = [CaseNote(case=case, kind=kind, text=text, author=case.owner, at=at) for kind, text in texts]
        CaseNote.objects.bulk_create(notes)
        if case.owner:
            with seeding(at):
                record(
                    "case.noted", actor=case.owner.as_actor(), tenant=case.tenant.as_ref(), obj=case.as_ref(), trail=case.trail(),
                    what=[note.get_kind_display().lower() for note in notes],
                )  # fmt: skip


def _arrive(now: datetime) -> None:
    for ticket, slug, issue, hours in ARRIVED:
        at = now - timedelta(hours=hours)
        case = Case(ticket=ticket, tenant=Tenant.objects.get(slug=slug), issue=issue, opened_at=at)
        case.save(force_insert=True)
        with seeding(at):
            record(
                "case.received", actor=HELPDESK, tenant=case.tenant.as_ref(), obj=case.as_ref(), trail=case.trail(),
                authority="none", owner="",
            )  # fmt: skip
