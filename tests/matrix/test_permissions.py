"""Every URL, every role, every method. The URLs come from the resolver, the answers from the table; an unlisted URL fails."""

from typing import Any

import pytest
from django.urls import resolve

from accounts.checks import every_route
from tests.matrix.table import ADMIN_CLOSED, METHODS, ROLES, Row, admin_pages, rows
from tests.matrix.world import World

PUBLIC = (
    "/sign-in/company/", "/sign-in/company/back/",
    "/sign-in/", "/sign-out/", "/api/v1/openapi.json", "/healthz", "/readyz", "/metrics", "/audit/checkpoints/latest.txt",
    "/c/{link}/", "/c/{no_link}/",
    "/hooks/helpdesk/", "/hooks/people/", "/.well-known/jwks.json", "/oauth/token", "/oauth/introspect", "/oauth/events",
)  # fmt: skip
# A program's calls, signed; without cookie there is nothing to forge.
SIGNED_CALLS = {"/hooks/helpdesk/", "/hooks/people/", "/oauth/token", "/oauth/introspect", "/oauth/events"}
OBJECT_PAGES = ("", "add/", "{person}/", "{person}/change/", "{person}/history/", "{person}/delete/")


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer carries, a refusal too; beside these, nothing is kept by any cache."""

NO_REFERRER = {"Referrer-Policy": "no-referrer"}
"""A customer's page has its key in its address."""


def missing_headers(answer: Any) -> list[str]:
    """The headers that an answer lacks, or has with less."""
    wanted = HEADERS | (NO_REFERRER if answer.request["PATH_INFO"].startswith("/c/") else {})
    wrong = [name for name, value in wanted.items() if _parts(answer.headers.get(name, "")) != _parts(value)]
    kept = [] if "no-store" in answer.headers.get("Cache-Control", "") else ["Cache-Control"]
    return wrong + kept + [name for name in ("Permissions-Policy",) if name not in answer.headers]


def _parts(text: str) -> set[str]:
    return {part.strip() for part in text.split(";") if part.strip()}


@pytest.mark.parametrize("row", rows(), ids=str)
def test_every_role_gets_the_answer_of_the_table(world: World, row: Row) -> None:
    """Every answer has its headers, and a refusal is one event that changes nothing else."""
    for method in row.methods:
        answers = {role: world.send(role, method, row.path) for role in ROLES}
        got = {role: answer.status_code for role, answer in answers.items()}
        wrong = {role: missing_headers(answer) for role, answer in answers.items() if missing_headers(answer)}
        assert got == dict(zip(ROLES, row.statuses, strict=True)), f"{method} {row.path}"
        assert wrong == {}, f"{method} {row.path}"
        for role, answer in answers.items():
            if answer.status_code in {403, 404}:
                assert answer.events == ["request.refused"] * (answer.status_code == 403), f"{role} {method}"


@pytest.mark.parametrize("path", sorted({row.path for row in rows()} - set(PUBLIC)))
def test_a_program_without_a_person_gets_401(world: World, path: str) -> None:
    for method, headers in (("GET", {"Accept": "application/json"}), ("POST", {"HX-Request": "true"})):
        answer = world.send("nobody", method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "sign_in"), method


@pytest.mark.parametrize(
    "path", sorted({row.path for row in rows() if row.path.startswith("/api/")} - set(PUBLIC))
)
def test_cookies_and_wrong_tokens_open_no_api(world: World, path: str) -> None:
    """A page of somebody else cannot make a browser read the API, and a token is for reading the API alone."""
    for headers in (
        {},
        {"Authorization": "Bearer made-up"},
        {"Authorization": f"Basic {world.tokens['agent']}"},
    ):
        assert world.send("agent", "GET", path, headers=headers).status_code == 401, headers
    token = {"Authorization": f"Bearer {world.tokens['agent']}"}
    assert world.send("nobody", "GET", "/tenants/", headers=token).status_code == 302


@pytest.mark.parametrize(
    "path",
    sorted(
        {row.path for row in rows() if "POST" in row.methods and not row.path.startswith("/api/")}
        - SIGNED_CALLS
    ),
)
def test_no_form_is_taken_without_its_token(world: World, path: str) -> None:
    for role in ("nobody", "agent", "approver", "admin"):
        assert world.send(role, "POST", path, token=False).status_code == 403, role


@pytest.mark.parametrize(
    ("role", "foreign", "unknown"),
    [
        ("success", "/tenants/{elsewhere}/", "/tenants/{no_tenant}/"),
        ("success", "/tenants/{elsewhere}/panels/billing/", "/tenants/{no_tenant}/panels/billing/"),
        ("agent2", "/cases/{case}/", "/cases/{no_case}/"),
        ("agent2", "/requests/{request}/", "/requests/{no_request}/"),
        ("agent2", "/grants/{grant}/", "/grants/{no_grant}/"),
    ],
)
def test_what_one_may_not_know_of_looks_like_nothing(
    world: World, role: str, foreign: str, unknown: str
) -> None:
    for accept in ("text/html", "application/json"):
        one, other = (
            world.send(role, "GET", path, headers={"Accept": accept}) for path in (foreign, unknown)
        )
        assert one.status_code == other.status_code == 404
        assert same_every_time(one) == same_every_time(other)


def same_every_time(answer: Any) -> str:
    """The page without the clock and the token that differ on each."""
    text: str = answer.content.decode()
    for mark, end in (("data-now=", ">"), ('name="csrfmiddlewaretoken" value=', ">")):
        while mark in text:
            start = text.index(mark)
            text = text[:start] + text[text.index(end, start) :]
    return text


@pytest.mark.parametrize("path", sorted(admin_pages()))
def test_only_administrators_pass_into_django_admin(world: World, path: str) -> None:
    got = {method: world.send("admin", method, path).status_code for method in ("GET", "POST")}
    assert got == admin_pages()[path]
    for role in ROLES:
        if role != "admin":
            assert world.send(role, "GET", path).status_code == (302 if role == "nobody" else 403), role
    for method in ("POST", "PUT", "DELETE"):
        assert world.send("agent", method, path).status_code == 403, method


@pytest.mark.parametrize("table", ADMIN_CLOSED)
def test_tables_that_nobody_administers_are_closed_to_administrators(world: World, table: str) -> None:
    for page in OBJECT_PAGES:
        for method in ("GET", "POST"):
            answer = world.send("admin", method, table + page)
            assert answer.status_code in {302, 403, 404}, page
            assert world.send("agent", method, table + page).status_code == 403, page


def test_every_object_in_an_address_is_asked_for_as_one_that_nobody_has_too(world: World) -> None:
    """Own and other objects are the same rows asked by different people; an unknown one has a row of its own."""
    asked: dict[tuple[str, str, str], bool] = {}
    for row in rows():
        match = resolve(world.path(row.path))
        counts = set(row.statuses[1:]) - {403, 405}
        for name, value in match.kwargs.items():
            word = next(
                (
                    key
                    for key, known in world.names.items()
                    if known == str(value) and f"{{{key}}}" in row.path
                ),
                "",
            )
            for method in row.methods if word and counts else ():
                place = (match.route, method, name)
                asked[place] = asked.get(place, False) or word.startswith("no_")
    assert sorted(place for place, unknown in asked.items() if not unknown) == []


def test_every_url_stands_in_the_table(world: World) -> None:
    """A new URL comes with its row; PUT and DELETE are asked of every one."""
    asked: dict[str, set[str]] = {}
    for row in rows():
        asked.setdefault(resolve(world.path(row.path)).route, set()).update(row.methods)
    admin = [
        *admin_pages(),
        "/admin/login/",
        *(table + page for table in ADMIN_CLOSED for page in OBJECT_PAGES),
    ]
    for path in admin:
        asked.setdefault(resolve(world.path(path)).route, set()).update(METHODS)
    declared = {route.replace("/^", "/") for route, _ in every_route()}
    missing = {route: sorted(set(METHODS) - asked.get(route, set())) for route in declared}
    assert {route: methods for route, methods in missing.items() if methods} == {}
