"""Tells people. A line in the outbox is written in the verb's transaction, so nothing is lost when Redis or a receiver is down."""

from datetime import datetime

from grants.models import AccessRequest, Grant, Outbox


def tell_about_request(
    kind: str, request: AccessRequest, now: datetime, *, grant: Grant | None = None
) -> None:
    """Queue one message about a request; who receives it is decided when it is delivered."""
    Outbox.objects.create(
        kind=kind, case_id=request.case_id, request=request, grant=grant, made_at=now, next_try_at=now
    )


def tell_about_grants(kind: str, grants: list[Grant], now: datetime) -> None:
    """Queue one message for each grant, in one statement."""
    Outbox.objects.bulk_create(
        Outbox(
            kind=kind,
            case_id=grant.case_id,
            request_id=grant.request_id,
            grant=grant,
            made_at=now,
            next_try_at=now,
        )
        for grant in grants
    )


def tell_about_requests(kind: str, requests: list[AccessRequest], now: datetime) -> None:
    """Queue one message for each request, in one statement."""
    Outbox.objects.bulk_create(
        Outbox(kind=kind, case_id=request.case_id, request=request, made_at=now, next_try_at=now)
        for request in requests
    )
