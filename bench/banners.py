"""`python -m bench.banners`: the banner's middleware and django-hijack's on the same page, as JSON of microseconds."""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

ROUNDS, TURNS = 100, 20
PAGE_BYTES = 50_000


def set_up() -> None:
    """A Django of its own, with django-hijack in it and without the console."""
    import django
    from django.conf import settings

    settings.configure(
        SECRET_KEY="bench",  # noqa: S106
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        USE_TZ=True,
        MIDDLEWARE=[],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "hijack",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    )
    django.setup()


def page() -> bytes:
    """An ordinary page of 50 kB: a head with files, then a long table."""
    head = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in range(8))
    start = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Invoices</title>{head}</head><body class='page'>"
    row = "<tr><td class='number'>N-{0}</td><td>Customer {0}</td><td><a href='/invoices/{0}/'>open</a></td></tr>\n"
    rows = "".join(row.format(number) for number in range(PAGE_BYTES // (len(row) + 3)))
    return f"{start}<main><table>{rows}</table></main></body></html>".encode()


def of_one(act: Callable[[], Any]) -> float:
    """Processor seconds of one call."""
    start = time.process_time()
    for _ in range(TURNS):
        act()
    return (time.process_time() - start) / TURNS


def main() -> None:
    """Measure in turns, so that a busy machine slows all of them alike."""
    set_up()
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.urls import include, path
    from hijack.middleware import HijackUserMiddleware

    from impersonation.product.banner import Banner, BannerMiddleware

    urlpatterns.append(path("hijack/", include("hijack.urls")))
    content = page()
    banner = Banner(
        session_id="5f0c3d0e-0000-4000-8000-000000000000",
        agent="Agent of the desk",
        tenant="Northwind Paper",
        subject="Owner of Northwind Paper",
        ticket="HD-48192",
        approver="Approver of the desk",
        may=("Start a failed sync again", "Send an invitation again"),
        ends_at=datetime.now(UTC) + timedelta(minutes=12),
        exit_url="/support-session/exit/",
        csrf_token="t" * 64,
        page_url="https://console.example/sessions/5f0c3d0e/",
    )

    class Ours(BannerMiddleware):
        def might_be_live(self, request: Any) -> bool:
            return bool(request.COOKIES)

        def banner_of(self, request: Any) -> Banner | None:
            return banner

    def view(_request: Any) -> HttpResponse:
        return HttpResponse(content)

    inside, outside = RequestFactory().get("/"), RequestFactory().get("/")
    inside.COOKIES["key"] = "value"
    customer = User(username="customer")
    hijacked: Any = RequestFactory().get("/")
    hijacked.session = SessionStore()
    hijacked.session["hijack_history"] = ["1"]

    def hijack() -> Any:
        hijacked.user = customer
        return theirs(hijacked)

    ours, theirs = Ours(view), HijackUserMiddleware(view)
    acts: dict[str, Callable[[], Any]] = {
        "plain": lambda: view(outside),
        "outside": lambda: ours(outside),
        "ours": lambda: ours(inside),
        "hijack": hijack,
    }
    assert b"support-session" in acts["ours"]().content
    assert acts["hijack"]().content != content
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, act in acts.items():
            taken[name].append(of_one(act))
    middle = {name: statistics.median(times) * 1e6 for name, times in taken.items()}
    print(
        json.dumps(
            {name: round(middle[name] - middle["plain"], 2) for name in acts} | {"bytes": len(content)}
        )
    )


urlpatterns: list[Any] = []

if __name__ == "__main__":
    main()
