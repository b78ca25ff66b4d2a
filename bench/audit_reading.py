"""Reading a large log: the first page of each filter, pages at any depth, the page a reviewer gets, a tenant's whole story."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from bench.audit_log import STORY
from bench.rows import Row
from bench.timing import median_ms
from bench.visitor import signed_in

PAGE = 50.0  # milliseconds
STORY_MS = 300.0


def run() -> list[Row]:
    """Times in the database for pages, on the server for the story and the page."""
    return [*_first_pages(), *_deep_pages(), *_server()]


def _first_pages() -> list[Row]:
    from audit.queries import Filters, explorer_page
    from audit.seal import store

    grant = UUID(
        store.rows_of("SELECT grant_id::text FROM audit_event WHERE grant_id IS NOT NULL LIMIT 1")[0][0]
    )
    half_a_year_ago = datetime.now(UTC) - timedelta(days=180)
    asked = {
        "no filter": Filters(),
        "person": Filters(actor="Agent 7"),
        "tenant": Filters(tenant="Tenant 300"),
        "type": Filters(type="grant.ended"),
        "ticket": Filters(ticket="HD-777"),
        "grant": Filters(grant=grant),
        "session": Filters(session=grant),
        "refused": Filters(outcome="refused"),
        "failed, of which there is none": Filters(outcome="failed"),
        "until half a year ago": Filters(until=half_a_year_ago),
        "words that are common": Filters(q="opened Billing"),
        "words that are rare": Filters(q="ticket HD-777"),
        "words that nobody wrote": Filters(q="zebra crossing"),
        "person and tenant and words": Filters(actor="Agent 7", tenant="Tenant 307", q="Billing"),
    }
    return [
        Row(f"explorer, first page: {name}", median_ms(partial(explorer_page, None, of)), PAGE, "ms")
        for name, of in asked.items()
    ]


def _deep_pages() -> list[Row]:
    """A page in the middle of the log, reached by a cursor as `Older` gives it."""
    from audit.models import Event
    from audit.queries import Filters, explorer_page, place_of
    from opsconsole.lib.paging import to_cursor

    rows = []
    for name, of in {
        "no filter": Filters(),
        "tenant": Filters(tenant="Tenant 300"),
        "refused": Filters(outcome="refused"),
    }.items():
        middle = (
            Event.objects.filter(at__lte=datetime.now(UTC) - timedelta(days=180))
            .order_by("-at", "-id")
            .values_list("at", "id")[0]
        )
        cursor = to_cursor(["older", middle[0].isoformat(), str(middle[1])], place_of(None, of))
        rows.append(
            Row(
                f"explorer, a page in the middle of the log: {name}",
                median_ms(partial(explorer_page, None, of, cursor)),
                PAGE,
                "ms",
            )
        )
    return rows


def _server() -> list[Row]:
    """The pages as a reviewer gets them, events of the looks included, without the network."""
    client = signed_in("compliance")

    def get(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    return [
        Row(
            f"a tenant's story of {STORY} events, on the server",
            median_ms(lambda: get("/audit/story/?tenant=tenant-storied")),
            STORY_MS,
            "ms",
        ),
        Row(
            "the explorer's first page, on the server",
            median_ms(lambda: get("/audit/")),
            STORY_MS,
            "ms",
        ),
    ]
