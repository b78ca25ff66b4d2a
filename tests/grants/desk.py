"""What people do at the desk, through HTTP: the tests' words for opening, asking, deciding."""

from typing import Any
from uuid import UUID

from django.test import Client

REASON = "The sync stopped at row 431; I want to see which value of the file stopped it."
SCOPE = "imports.read"


def post(client: Client, path: str, **fields: Any) -> Any:
    """Send a form and return the answer, redirects not followed."""
    return client.post(path, fields)


def open_case(client: Client, tenant: Any, ticket: str = "HD-48192", **fields: Any) -> UUID:
    """Open a case and return its id."""
    typed = {
        "ticket": ticket,
        "tenant": tenant.slug,
        "issue": "The import stopped and nobody knows why.",
        "notes": "",
    } | fields
    answer = post(client, "/cases/new/", **typed)
    assert answer.status_code == 302, answer.content.decode()
    return id_in(answer)


def ask(client: Client, case_id: UUID, **fields: Any) -> Any:
    """Ask for access and return the answer."""
    typed = {"scopes": [SCOPE], "minutes": "30", "reason": REASON} | fields
    return post(client, f"/cases/{case_id}/requests/", **typed)


def asked(client: Client, tenant: Any, ticket: str = "HD-48192", **fields: Any) -> Any:
    """Open a case, ask, and return the request."""
    from grants.models import AccessRequest

    answer = ask(client, open_case(client, tenant, ticket), **fields)
    assert answer.status_code == 302, answer.content.decode()
    return AccessRequest.objects.get(pk=id_in(answer))


def approve(client: Client, request: Any, **fields: Any) -> Any:
    """Approve what was asked, or what `fields` say, and return the answer."""
    scopes = [row.scope for row in request.scopes.all()]
    typed = {"digest": request.digest, "scopes": scopes, "minutes": request.minutes, "comment": ""} | fields
    return post(client, f"/requests/{request.pk}/approve/", **typed)


def granted(client: Client, decider: Client, tenant: Any, ticket: str = "HD-48192", **fields: Any) -> Any:
    """Ask and approve, and return the grant."""
    request = asked(client, tenant, ticket, **fields)
    answer = approve(decider, request)
    assert answer.status_code == 302, answer.content.decode()
    return request.grants.get()


def id_in(answer: Any) -> UUID:
    """Return the id in the address an answer redirects to."""
    return UUID(answer.url.split("?")[0].rstrip("/").split("/")[-1])
