"""Live, ready and measured: what a machine that watches the console is told."""

import httpx
import pytest
from django.test import Client

from tests import engines
from tests.outages.person import PATIENCE
from tests.processes import running

pytestmark = pytest.mark.django_db


def test_live_and_ready_are_told_as_json() -> None:
    assert Client().get("/healthz").json() == {"live": True}
    answer = Client().get("/readyz")
    parts = {"database": "ok", "redis": "ok", "source product": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "parts": parts})


def test_metrics_tell_of_ends_and_name_nobody(tenant, people) -> None:
    from accounts.models import Person
    from tenants.models import Tenant

    answer = Client().get("/metrics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    for name in (
        "grants_used_after_end",
        "grants_unclosed_seconds",
        "grants_closed_late_seconds_p99",
        "outbox_dead",
    ):
        assert f"\nopsconsole_{name} 0.0" in text
        assert f"# HELP opsconsole_{name} " in text
    names = [*Tenant.objects.values_list("slug", flat=True), *Tenant.objects.values_list("name", flat=True)]
    names += Person.objects.values_list("display_name", flat=True)
    words = text.casefold()
    assert [
        name for name in names if f" {name.casefold()} " in words or f'"{name.casefold()}"' in words
    ] == []
    assert "{" not in text, "a label is where a name would stand"


@pytest.fixture(scope="module")
def without_database(django_db_setup: None):
    """A console whose database is gone."""
    nowhere = engines.urls("no_such_database").app
    with running("no_such_database", worker=False, queue=5, DATABASE_URL=nowhere) as console:
        yield console.url


def test_without_its_database_the_console_lives_and_is_not_ready(without_database: str) -> None:
    assert httpx.get(f"{without_database}/healthz", timeout=PATIENCE).status_code == 200
    answer = httpx.get(f"{without_database}/readyz", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["parts"] == {"database": "failing", "redis": "ok"}


def test_without_its_database_a_page_fails_in_plain_words(without_database: str) -> None:
    page = httpx.get(f"{without_database}/sign-in/", headers={"Accept": "text/html"}, timeout=PATIENCE)
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert "Traceback" not in page.text
    assert "no_such_database" not in page.text
    assert page.headers["Content-Security-Policy"].count("default-src 'none'") == 1
    assert "no-store" in page.headers["Cache-Control"]
    told = httpx.get(f"{without_database}/tenants/", headers={"Accept": "application/json"}, timeout=PATIENCE)
    assert told.status_code == 401, "who is nobody is told so without a database"
