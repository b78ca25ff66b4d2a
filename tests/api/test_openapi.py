"""The API of a running console held to its own OpenAPI: schemathesis makes the calls and judges every answer."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from accounts.actions import make_token, revoke_token
from accounts.models import Person
from opsconsole.api import described
from tenants.models import Tenant
from tests import engines
from tests.conftest import clone, signed_in, standing_on
from tests.grants import desk
from tests.processes import running

DATABASE = "console_openapi"
READERS = {"/audit/events/": "compliance", "/requests/": "approver"}
"""Who may read a path of the description; the agent reads the rest."""
CONFIG = {
    "generation": {"max-examples": 25, "deterministic": True},
    # What a query holds beyond the description is ignored, as everywhere on the web, and a text may name nothing: every answer
    # is judged, and whether it had to be a refusal is for the tests of each path.
    "checks": {"negative_data_rejection": {"enabled": False}, "positive_data_acceptance": {"enabled": False}},
}
TENANTS = ("northwind-paper-prod-eu", "kestrel-cycles-prod-eu", "harbor-lane-dental-prod-us")


def closed(schema: Any) -> Any:
    """The description without room for more: an answer with a field that it does not name fails too."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(part) for key, part in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    return found


schema = schemathesis.openapi.from_dict(
    closed(copy.deepcopy(described())), config=schemathesis.Config.from_dict(CONFIG)
)
PATHS = [path for path in described()["paths"] if path != "/openapi.json"]


@dataclass(frozen=True)
class Desk:
    """What there is before the first call: tokens by name, a case and a grant, and where the API answers."""

    tokens: dict[str, str]
    case: str
    grant: str
    base: str = ""

    def known(self, path: str) -> dict[str, str]:
        """What fills the names of a path, so that it leads to something that exists."""
        real = {"slug": TENANTS[0], "key": "billing", "id": self.case if "cases" in path else self.grant}
        return {name: value for name, value in real.items() if f"{{{name}}}" in path}


@pytest.fixture(scope="module")
def api(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """A console's web process on a database of its own, where somebody has asked and somebody has approved."""
    clone(DATABASE)
    with django_db_blocker.unblock(), standing_on(DATABASE):
        found = prepared()
    with running(DATABASE, worker=False, queue=6) as console:
        yield replace(found, base=f"{console.url}/api/v1")
    engines.postgres.psql(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def prepared() -> Desk:
    """Tokens of all readers, one whose time is over and one that was taken back; one request granted, one that waits."""
    cast = {name: Person.objects.get(username=name) for name in ("agent", "approver", "compliance")}
    made = {name: make_token(actor=person, name="tests")[1] for name, person in cast.items()}
    over, made["over"] = make_token(actor=cast["agent"], name="over")
    back, made["taken back"] = make_token(actor=cast["agent"], name="taken back")
    revoke_token(actor=cast["agent"], token=back)
    with psycopg.connect(engines.urls(DATABASE).owner, autocommit=True) as owner:
        owner.execute(
            "ALTER TABLE accounts_apitoken DISABLE TRIGGER USER"
        )  # its guard wants an event for each write
        owner.execute("UPDATE accounts_apitoken SET expires_at = now() WHERE id = %s", [over.pk])
    agent, tenant = signed_in(cast["agent"]), Tenant.objects.get(slug=TENANTS[0])
    grant = desk.granted(agent, signed_in(cast["approver"]), tenant)
    desk.asked(signed_in(Person.objects.get(username="agent2")), tenant, "HD-48193")
    return Desk(made, str(grant.case_id), str(grant.pk))


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def reader(path: str) -> str:
    return READERS.get(path, "agent")


@schema.parametrize()
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_every_answer_is_one_that_the_description_promises(case: Any, api: Desk) -> None:
    """Fit and unfit data, unknown parameters, other methods, no token: never a 5xx, never a status, type or shape undescribed."""
    headers = bearer(api.tokens[reader(case.operation.path)])
    case.call_and_validate(base_url=api.base, headers=headers)
    if case.path_parameters:  # the same question about something that exists
        case.path_parameters = api.known(case.operation.path)
        case.call_and_validate(base_url=api.base, headers=headers)


def test_what_exists_is_read_whole_and_keeps_the_promise(api: Desk) -> None:
    def whole(path: str, **own: str) -> Any:
        case = schema[path]["GET"].Case(path_parameters=own)
        answer = case.call_and_validate(base_url=api.base, headers=bearer(api.tokens[reader(path)]))
        assert answer.status_code == 200, path
        return answer.json()

    for slug in TENANTS:
        page = whole("/tenants/{slug}/", slug=slug)
        for panel in page["panels"]:
            if panel["missing_scope"] is None:
                assert whole("/tenants/{slug}/panels/{key}/", slug=slug, key=panel["panel"])["sections"]
    assert whole("/cases/{id}/", id=api.case)["requests"]
    assert whole("/grants/{id}/", id=api.grant)["scopes"]
    assert whole("/requests/")["requests"]
    assert whole("/audit/events/")["events"]
    assert whole("/tenants/")["tenants"]


@pytest.mark.parametrize("token", ["", "made-up", "over", "taken back"])
def test_without_a_live_token_no_path_opens(token: str, api: Desk) -> None:
    headers = bearer(api.tokens.get(token, token)) if token else {}
    for path in PATHS:
        own = {"slug": TENANTS[0], "key": "billing", "id": api.case if "cases" in path else api.grant}
        answer = (
            schema[path]["GET"]
            .Case(path_parameters=own)
            .call_and_validate(base_url=api.base, headers=headers)
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "sign_in"), path


def test_the_console_gives_the_description_that_it_is_held_to(api: Desk) -> None:
    answer = httpx.get(f"{api.base}/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == described()
