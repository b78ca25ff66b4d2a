"""What requests, decisions and access say of themselves in an evidence pack (NIST AU-6, AC-2(12))."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from grants.models import (
    AccessRequest,
    Approval,
    BreakGlass,
    CampaignItem,
    Closeout,
    Grant,
    RequestMessage,
    UseFinding,
)
from opsconsole.lib.evidence import Found, Table


def evidence_tables(*, found: Found) -> list[Table]:
    """Return the rows that the events of a pack hang on: requests, what was said, decisions, access, emergencies, findings, closeouts."""
    requests = AccessRequest.objects.filter(Q(pk__in=found.requests) | Q(grants__in=found.grants)).distinct()
    grants = Grant.objects.filter(Q(pk__in=found.grants) | Q(request__in=found.requests)).distinct()
    return [
        _requests(requests),
        _said(RequestMessage.objects.filter(request__in=requests.values("pk"))),
        _decisions(Approval.objects.filter(request__in=requests.values("pk"))),
        _grants(grants),
        _emergencies(BreakGlass.objects.filter(request__in=requests.values("pk"))),
        _findings(UseFinding.objects.filter(grant__in=grants.values("pk"))),
        _closeouts(Closeout.objects.filter(case__in=found.cases)),
        *([_reviews(CampaignItem.objects.filter(campaign__in=found.reviews))] if found.reviews else []),
    ]


def _table(
    key: str, title: str, lead: str, columns: dict[str, Callable[[Any], object]], rows: Iterable[Any]
) -> Table:
    filled = tuple(tuple(_text(value(row)) for value in columns.values()) for row in rows)
    return Table(key, title, lead, tuple(columns), filled)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _scopes(rows: Iterable[Any]) -> str:
    return ", ".join(row.scope for row in rows)


def _requests(rows: QuerySet[AccessRequest]) -> Table:
    columns: dict[str, Callable[[AccessRequest], object]] = {
        "Request": lambda row: row.pk,
        "Asked at": lambda row: row.asked_at,
        "Asked by": lambda row: row.requester,
        "For": lambda row: row.person,
        "Tenant": lambda row: row.tenant,
        "Ticket": lambda row: row.case.ticket,
        "Kind": lambda row: row.get_kind_display(),
        "Scopes": lambda row: _scopes(row.scopes.all()),
        "Minutes": lambda row: row.minutes,
        "Reason": lambda row: row.reason,
        "Approvals needed": lambda row: row.approvals_needed,
        "State": lambda row: row.get_status_display(),
        "Closed at": lambda row: row.closed_at,
        "Policy": lambda row: row.policy_version,
        "Digest": lambda row: row.digest,
    }
    wanted = rows.select_related("requester", "person", "tenant", "case").prefetch_related("scopes")
    return _table(
        "requests", "Access requests", "What was asked, and why.", columns, wanted.order_by("asked_at")
    )


def _said(rows: QuerySet[RequestMessage]) -> Table:
    columns: dict[str, Callable[[RequestMessage], object]] = {
        "Request": lambda row: row.request_id,
        "At": lambda row: row.said_at,
        "Who": lambda row: row.author,
        "What": lambda row: row.get_kind_display(),
        "Words": lambda row: row.text,
    }
    lead = "What was asked back before a decision, and the answers."
    return _table("messages", "Questions and answers", lead, columns, rows.select_related("author"))


def _decisions(rows: QuerySet[Approval]) -> Table:
    columns: dict[str, Callable[[Approval], object]] = {
        "Request": lambda row: row.request_id,
        "Decided at": lambda row: row.decided_at,
        "Decided by": lambda row: row.by,
        "Decision": lambda row: row.get_decision_display(),
        "Scopes": lambda row: _scopes(row.scopes.all()),
        "Minutes": lambda row: row.minutes,
        "Comment": lambda row: row.comment,
        "Policy": lambda row: row.policy_version,
        "Digest of what was shown": lambda row: row.digest,
    }
    wanted = rows.select_related("decider").prefetch_related("scopes")
    lead = "Each is bound to the digest of exactly what the person saw."
    return _table("decisions", "Decisions", lead, columns, wanted)


def _grants(rows: QuerySet[Grant]) -> Table:
    columns: dict[str, Callable[[Grant], object]] = {
        "Access": lambda row: row.pk,
        "Request": lambda row: row.request_id,
        "Who": lambda row: row.person,
        "Tenant": lambda row: row.tenant,
        "Ticket": lambda row: row.case.ticket,
        "Scopes": lambda row: _scopes(row.scopes.all()),
        "From": lambda row: row.starts_at,
        "Until": lambda row: row.expires_at,
        "Ended at": lambda row: row.ended_at,
        "Ended because": lambda row: row.get_end_cause_display(),
        "Ended by": lambda row: row.ended_by,
    }
    wanted = rows.select_related("person", "tenant", "case", "ended_by").prefetch_related("scopes")
    lead = "The windows that were opened, and how each ended."
    return _table("access", "Access", lead, columns, wanted.order_by("starts_at"))


def _emergencies(rows: QuerySet[BreakGlass]) -> Table:
    columns: dict[str, Callable[[BreakGlass], object]] = {
        "Request": lambda row: row.request_id,
        "At": lambda row: row.broken_at,
        "Who": lambda row: row.person,
        "Approvals skipped": lambda row: row.skipped,
        "Reviewed at": lambda row: row.reviewed_at,
        "Reviewed by": lambda row: row.reviewer,
        "Finding": lambda row: row.get_verdict_display(),
        "Words": lambda row: row.word,
    }
    lead = "Access that began without approval, and the review it owed."
    return _table("emergencies", "Emergency starts", lead, columns, rows.select_related("person", "reviewer"))


def _findings(rows: QuerySet[UseFinding]) -> Table:
    columns: dict[str, Callable[[UseFinding], object]] = {
        "Access": lambda row: row.grant_id,
        "Found at": lambda row: row.found_at,
        "What": lambda row: row.get_kind_display(),
        "Words": lambda row: row.words,
        "Reviewers": _reviewed,
    }
    wanted = rows.prefetch_related("said__reviewer").order_by("found_at")
    lead = "What did not fit when each approval was held against its use, and what reviewers said of it."
    return _table("findings", "Approvals and their use", lead, columns, wanted)


def _reviewed(row: UseFinding) -> str:
    words = [
        f"{_text(said.at)}, {said.reviewer}: {said.get_word_display()}{f' ({said.comment})' if said.comment else ''}"
        for said in row.said.all()
    ]
    return "; ".join(words) or "not looked at yet"


def _reviews(rows: QuerySet[CampaignItem]) -> Table:
    columns: dict[str, Callable[[CampaignItem], object]] = {
        "Review": lambda row: row.campaign,
        "Line": lambda row: row.place,
        "Held by": lambda row: row.person,
        "Kind": lambda row: row.get_kind_display(),
        "What": lambda row: row.what,
        "Since": lambda row: row.since,
        "Answers for it": lambda row: row.owner,
        "Reason": lambda row: row.reason,
        "Last used": lambda row: row.last_used_at,
        "Asked": lambda row: row.reviewer,
        "Decision": lambda row: row.get_decision_display() or "waits",
        "What came of it": lambda row: row.outcome,
        "Comment": lambda row: row.comment,
        "Decided by": lambda row: row.decided_by,
        "Decided at": lambda row: row.decided_at,
        "Digest of the result": lambda row: row.campaign.digest,
    }
    wanted = rows.select_related("campaign", "person", "reviewer", "decided_by")
    lead = "Each role and right that was looked at, by whom, and what was decided."
    return _table(
        "access-reviews", "Access reviews", lead, columns, wanted.order_by("campaign__opened_at", "place")
    )


def _closeouts(rows: QuerySet[Closeout]) -> Table:
    columns: dict[str, Callable[[Closeout], object]] = {
        "Case": lambda row: row.case_id,
        "Ticket": lambda row: row.case.ticket,
        "Closed at": lambda row: row.closed_at,
        "Closed by": lambda row: row.closed_by,
        "Solved": lambda row: row.resolved,
        "Problem of the product": lambda row: row.product_problem,
        "Summary": lambda row: row.summary,
        "Access ended with it": lambda row: row.grants_ended,
    }
    lead = "How the cases ended, and what was left open."
    return _table("closeouts", "Closed cases", lead, columns, rows.select_related("case", "closed_by"))
