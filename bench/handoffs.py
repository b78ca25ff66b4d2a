"""`python -m bench.handoffs`: the hand-off on two real processes, as JSON on the last line; started by `bench.sessions`.

It uses the engines and the two sites of the tests, so that what is measured is what is tested.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from tests import engines  # starts the engines, before anything reads the settings

MOST = 20.0  # seconds that are waited for a refusal
TURNS = 5


def main() -> None:
    """Make the template, start both sides, and measure."""
    from tests.conftest import run
    from tests.handoff.two import two_processes

    with engines.template() as to_be_made:
        if to_be_made:
            run("-m", "demo.productdb", database=engines.TEMPLATE, owner=True)
            run("manage.py", "migrate", "--verbosity=0", database=engines.TEMPLATE, owner=True)
            run("manage.py", "bootstrap", "--without-history", database=engines.TEMPLATE, owner=True)
    with tempfile.TemporaryDirectory() as home, two_processes(Path(home)) as two:
        found = {**_way_in(two), **_revoked(two), "without_push": _without_push(two)}
    print(json.dumps(found))


def _way_in(two: Any) -> dict[str, Any]:
    from tests.handoff.two import opened

    page = two.started(two.access())
    took = []
    for _ in range(TURNS):
        start = time.perf_counter()
        _, answer, seen = opened(two, page)
        took.append(time.perf_counter() - start)
        assert answer.status_code == 200
    checked = _check(two.session(page)["id"])
    two.agent.post(f"{page}end/")
    return {"redirects": len(seen), "way_in": median(took) * 1000, **checked}


def _check(session_id: UUID) -> dict[str, Any]:
    """How many questions one check of a session asks the database, and how long it takes, in a process like the console's."""
    import django

    from tests.handoff.two import CONSOLE_DATABASE

    os.environ |= engines.environment(CONSOLE_DATABASE)
    os.environ.pop("OWNER_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "opsconsole.settings"
    django.setup()
    from django.db import connection, connections

    from audit.context import surface
    from bench.timing import median_ms
    from impersonation.queries import state_of

    asked = []

    def count(execute: Any, *call: Any) -> Any:
        asked.append(call[0])
        return execute(*call)

    with surface("web"):
        state_of(session_id)
        with connection.execute_wrapper(count):
            state_of(session_id)
        took = median_ms(lambda: state_of(session_id), 50)
    connections.close_all()
    return {"queries": len(asked), "check": took}


def _revoked(two: Any) -> dict[str, float]:
    from tests.handoff.two import opened

    took = []
    lead = two.person("approver")
    for _ in range(TURNS):
        grant = two.access()
        browser, _, _ = opened(two, two.started(grant))
        start = time.perf_counter()
        lead.post(f"/grants/{grant}/revoke/", comment="")
        took.append(_refused_after(browser, two, start))
    return {"with_push": median(took) * 1000, "with_push_most": max(took) * 1000}


def _without_push(two: Any) -> float:
    """The access ends in the database alone, as if no word could be sent: the product finds out by asking."""
    from tests.handoff.two import opened

    grant = two.access()
    browser, _, _ = opened(two, two.started(grant))
    two.rows("ALTER TABLE grants_grant DISABLE TRIGGER USER")
    two.rows("ALTER TABLE grants_grantscope DISABLE TRIGGER USER")
    start = time.perf_counter()
    ended = "status = 'ended', ended_at = clock_timestamp(), end_cause = 'revoked'"
    two.rows(f"UPDATE grants_grant SET {ended} WHERE id = %s", grant)
    two.rows("UPDATE grants_grantscope SET until = clock_timestamp() WHERE grant_id = %s", grant)
    return _refused_after(browser, two, start, every=0.25)


def _refused_after(browser: Any, two: Any, start: float, every: float = 0.01) -> float:
    while time.perf_counter() - start < MOST:
        if browser.get(f"{two.product_url}/invoices/").status_code == 403:
            return time.perf_counter() - start
        time.sleep(every)
    raise AssertionError(f"the product went on for {MOST} s")


if __name__ == "__main__":
    main()
