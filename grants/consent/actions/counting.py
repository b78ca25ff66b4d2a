"""Counts how often links are tried, by link and by place, so that nobody guesses one. Keys are digests: no address is kept."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from audit.actions import record
from audit.refs import Actor
from grants.models import LinkTry
from opsconsole.lib.clock import database_now

MINUTES = 10  # of one window
MOST_OF_A_LINK = 60  # openings of one link in a window
MOST_MISSES = 20  # links that do not exist, from one place in a window
SOMEBODY = Actor("product", "", "Somebody without a link")

_HIT = """
    INSERT INTO grants_linktry AS t (key, "window", count)
    VALUES (%s, date_bin(make_interval(mins => %s), clock_timestamp(), timestamptz 'epoch'), %s)
    ON CONFLICT (key, "window") DO UPDATE SET count = t.count + excluded.count
    RETURNING count
"""


@dataclass(frozen=True)
class Tries:
    """How often one page of a link, and what did not exist from one place, were tried in this window."""

    page: int
    misses: int

    @property
    def is_first(self) -> bool:
        """Tell whether nobody opened this page in this window before: an opening is written down once in a while, not each time."""
        return self.page == 1

    @property
    def too_many(self) -> bool:
        return self.page > MOST_OF_A_LINK or self.misses > MOST_MISSES


def count_try(*, page: str, place: str, missed: bool) -> Tries:
    """Count one try of one page of a link from one place and return how often both were tried; a miss counts against the place.

    The same two statements run whether the link exists or not. The first try over the limit of a place is an event.
    """
    with transaction.atomic(durable=True):
        tries = Tries(_hit(f"page {page}", 1), _hit(f"place {place}", int(missed)))
        if missed and tries.misses == MOST_MISSES + 1:
            record(
                "customer_link.held_back",
                actor=SOMEBODY,
                authority="none",
                outcome="refused",
                outcome_code="too_many_tries",
                minutes=MINUTES,
            )
    return tries


def forget_tries() -> int:
    """Remove what was counted more than a day ago and return how many rows that were."""
    return LinkTry.objects.filter(window__lt=database_now() - timedelta(days=1)).delete()[0]


def _hit(what: str, by: int) -> int:
    key = salted_hmac("grants.consent.tries", what, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_HIT, [key, MINUTES, by])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
