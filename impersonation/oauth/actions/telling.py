"""Word to the product that a session ended or became less: at once, and again until it is taken. Authority never waits for it."""

import logging
import time
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from impersonation.models import ProductNews, SupportSession
from impersonation.oauth.keys import NoSigningKeys, signed
from impersonation.oauth.product_rules import NoProduct, product_in_force
from impersonation.product import remote, tokens
from impersonation.queries import state_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.pauses import pause_after

AT_ONCE = 0.8  # seconds that a person's own click waits for the product at most
PASS_SECONDS = 15.0
LEASE = timedelta(seconds=20)
LONGEST = timedelta(hours=13)  # no session lives longer; after that there is nothing to tell
LONGEST_PAUSE = 60.0  # seconds
QUIET = 5.0  # seconds in which nobody's click waits for a product that just did not answer
_WAITING = Q(sent_at__isnull=True, dropped_at__isnull=True)
_silent_until = 0.0


def tell_product(session_id: UUID) -> None:
    """Tell the product that a session ended. Called on commit of whatever ended it; what is not taken now is tried again."""
    _tell(session_id)


def tell_product_of_change(session_id: UUID) -> None:
    """Tell the product that a session became less, so that it asks before its next answer. Called on commit."""
    _tell(session_id)


def send_news() -> int:
    """Send what waits and return how many tries were made."""
    deadline, tries = time.monotonic() + PASS_SECONDS, 0
    while time.monotonic() < deadline and (row := _claim()):
        tries += 1
        if not _try(row, remote.SECONDS):
            break
    return tries


def _tell(session_id: UUID) -> None:
    global _silent_until  # noqa: PLW0603 - one product, one process
    if SupportSession.objects.filter(pk=session_id, opened_at=None).exists():
        return  # it never was in the product
    now, quiet = database_now(), time.monotonic() < _silent_until
    row = ProductNews.objects.create(
        session_id=session_id,
        made_at=now,
        next_try_at=now if quiet else now + LEASE,
        attempts=0 if quiet else 1,
    )
    if not quiet and not _try(row, AT_ONCE):
        _silent_until = time.monotonic() + QUIET


def _claim() -> ProductNews | None:
    """Hold the word that waits longest for the length of a lease, and return it."""
    with transaction.atomic(durable=True):
        now = database_now()
        due = ProductNews.objects.filter(_WAITING, next_try_at__lte=now).select_related("session")
        row = due.select_for_update(of=("self",), skip_locked=True).order_by("next_try_at").first()
        if row is None:
            return None
        row.attempts, row.next_try_at = row.attempts + 1, now + LEASE
        row.save(update_fields=["attempts", "next_try_at"])
    return row


def _try(row: ProductNews, seconds: float) -> bool:
    """Make one try and tell whether the product answered."""
    try:
        status = _send(row, seconds)
    except (remote.Silent, NoProduct, NoSigningKeys) as error:
        why, answered = str(error), False
    else:
        why, answered = "" if status == 200 else f"it answered {status}", True
    now = database_now()
    mine = ProductNews.objects.filter(_WAITING, pk=row.pk)
    if not why:
        mine.update(sent_at=now, error="")
    elif now - row.made_at > LONGEST:
        mine.update(dropped_at=now, error=why[:200])
    else:
        mine.update(next_try_at=now + pause_after(row.attempts, LONGEST_PAUSE), error=why[:200])
        logging.getLogger(__name__).warning("the product did not take word of a session: %s", why)
    return answered


def _send(row: ProductNews, seconds: float) -> int:
    """Send one signed word: what holds now, not what held when it was written."""
    product, state = product_in_force(), state_of(row.session_id)
    said = {
        "sid": str(row.session_id),
        "news": "changed" if state.live else "ended",
        "cause": SupportSession.Cause(state.cause).label.lower() if state.cause else "",
    }
    token = signed(tokens.NEWS, product.client_id, database_now().timestamp(), said)
    return remote.post_token(product.url("push_path"), token, seconds=seconds)[0]
