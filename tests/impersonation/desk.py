"""What people do around support sessions: the tests' words for getting the access and starting one."""

from typing import Any

from tests.grants.desk import approve, asked, post

BOTH = ["session.view", "session.act"]


def session_grant(browse_as: Any, tenant: Any, scopes: list[str] = BOTH, ticket: str = "HD-48192") -> Any:
    """Ask for a session's scopes, let two people approve, and return the grant."""
    request = asked(browse_as("agent"), tenant, ticket, scopes=scopes, minutes="30")
    for name in ("approver", "approver2"):
        assert approve(browse_as(name), request).status_code == 302
    return request.grants.get()


def subject_of(tenant: Any, *, role: str = "accountant") -> Any:
    """Return a user of the tenant who may be acted for."""
    from impersonation.queries.subjects import list_subjects

    return next(one for one in list_subjects(tenant).found if not one.fault and one.role == role)


def start(client: Any, grant: Any, **fields: Any) -> Any:
    """Send the start page's form and return the answer."""
    return post(client, f"/grants/{grant.pk}/sessions/", **fields)
