"""Somebody with much leaves in one verb under one second; the pages that say what a person and a tenant's people can do.

`OPSCONSOLE_BENCH_BOOK` sets how many rights, grants, tokens and sign-ins the leaver has (50 of each).
"""

import os
from datetime import timedelta
from functools import partial
from typing import Any

from bench.crowd import Execute, fill, watch
from bench.engine import as_owner, console_database, owner_of
from bench.rows import Row
from bench.timing import median_ms, seconds

EACH = int(os.environ.get("OPSCONSOLE_BENCH_BOOK", "50"))
BAR, PAGE = 1.0, 300.0  # seconds for all of it; milliseconds for a page


def run() -> list[Row]:
    """One run on an engine of its own, its disk writes waited for."""
    with console_database() as urls:
        os.environ["OPSCONSOLE_DEMO"] = "1"
        as_owner(urls, "-m", "demo.productdb")
        as_owner(urls, "manage.py", "bootstrap", "--without-history")
        with owner_of(urls) as execute:
            return _rows(execute)


def _rows(execute: Execute) -> list[Row]:
    from accounts.models import Person
    from bench.visitor import signed_in

    agent, success = (Person.objects.get(username=name) for name in ("agent", "success"))
    fill(execute, EACH, end="interval '20 minutes'")
    watch(execute)
    tenants = _book(success)
    for person in (agent, success):
        _ways_in(person)
    admin = signed_in("admin")
    pages = [
        _page(
            "page of a person with as many rights, tokens and sign-ins",
            partial(_read, admin, f"/people/{success.pk}/"),
        ),
        _page(
            "page of a tenant: everybody asked", partial(_read, admin, f"/people/tenants/{tenants[0].slug}/")
        ),
    ]
    gone = [
        Row(f"off-boarding with {EACH} {what}, {EACH} tokens and sign-ins", _leave(admin, person), BAR, "s")
        for what, person in (("grants and cases", agent), ("standing rights", success))
    ]
    left = Person.objects.filter(pk__in=(agent.pk, success.pk), is_active=True).count()
    return [*gone, Row("of the two, still here", left, 1, "people"), *pages]


def _page(what: str, read: Any) -> Row:
    return Row(what, median_ms(read, 5), PAGE, "ms")


def _read(client: Any, path: str) -> None:
    assert client.get(path).status_code == 200


def _leave(client: Any, person: Any) -> float:
    def leave() -> None:
        answer = client.post(f"/people/{person.pk}/off-board/", {"reason": "Left the company on Friday."})
        assert answer.status_code == 302, answer.status_code

    return seconds(leave)


def _book(person: Any) -> list[Any]:
    from accounts.models import Person
    from accounts.rights.actions import Terms, give_right
    from audit.context import surface
    from opsconsole.lib.clock import database_now
    from tenants.models import Tenant

    admin, tenants = Person.objects.get(username="admin"), list(Tenant.objects.order_by("slug")[:EACH])
    with surface("command"):
        for tenant in tenants:
            review_on = (database_now() + timedelta(days=90)).date()
            terms = Terms("Head of customer success", "Looks after this customer.", review_on)
            give_right(actor=admin, person=person, right="view_tenant", obj=tenant, terms=terms)
    return tenants


def _ways_in(person: Any) -> None:
    from accounts.actions import make_token
    from audit.context import surface
    from bench.visitor import signed_in

    with surface("command"):
        for number in range(EACH):
            make_token(actor=person, name=f"program {number}")
            signed_in(person.username)
