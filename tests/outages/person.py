"""One person at a console over real HTTP, with cookies and form tokens as a browser has them."""

from typing import Any
from uuid import UUID

import httpx

from tests.conftest import PASSWORD
from tests.grants.desk import REASON

PATIENCE = 60.0  # seconds; a bound for a page, generous because the machine is shared
SLUG = "brightwater-fittings-prod-eu"
PANEL = f"/tenants/{SLUG}/panels/import_detail/"


class Person:
    """Somebody signed in."""

    def __init__(self, url: str, username: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        self.get("/sign-in/")
        answer = self.post("/sign-in/", username=username, password=PASSWORD)
        assert answer.status_code == 302, answer.text

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return self.http.get(path, headers=headers)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form; redirects are not followed."""
        token = next(value for name, value in self.http.cookies.items() if name.endswith("csrf"))
        return self.http.post(path, data={**fields, "csrfmiddlewaretoken": token})


def asked(agent: Person, ticket: str) -> str:
    """Open a case, ask for what the panel needs, and return the path of the request."""
    case = agent.post(
        "/cases/new/", ticket=ticket, tenant=SLUG, issue="Only a part of the file is there.", notes=""
    )
    assert case.status_code == 302, case.text
    path = case.headers["location"].split("?")[0]
    request = agent.post(f"{path}requests/", scopes=["imports.read"], minutes="30", reason=REASON)
    assert request.status_code == 302, request.text
    return request.headers["location"]


def approved(approver: Person, path: str, digest: str) -> UUID:
    """Approve a request as it was asked and return the id in the path."""
    answer = approver.post(
        f"{path}approve/", digest=digest, scopes=["imports.read"], minutes="30", comment=""
    )
    assert answer.status_code == 302, answer.text
    return UUID(path.strip("/").split("/")[-1])
