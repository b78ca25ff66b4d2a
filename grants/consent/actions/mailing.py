"""Sends customers their links. It carries the tenant's name and the link, for a receipt a sentence; a try counts when it begins."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from grants.consent.tokens import address_of
from grants.delivery.pauses import MOST_ATTEMPTS
from grants.models import CustomerMail
from opsconsole.lib.clock import database_now
from opsconsole.lib.pauses import pause_after
from opsconsole.lib.registry import customer_pages

BATCH = 20  # mails of one pass
SUBJECT = "Access to {tenant}"
BODY = """{tenant}
{words}
{address}
"""


def send_customer_mail(*, limit: int = BATCH) -> int:
    """Send one batch and return how many were tried; one that fails waits longer each time and is given up in the end, in sight."""
    return sum(_send_next() for _ in range(limit))


def _send_next() -> int:
    with transaction.atomic(durable=True):
        mail = (
            CustomerMail.objects.filter(
                sent_at__isnull=True, dead_at__isnull=True, next_try_at__lte=database_now()
            )
            .order_by("next_try_at")
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("link__tenant")
            .first()
        )
        if mail is None:
            return 0
        now = database_now()
        mail.attempts += 1
        mail.next_try_at = now + pause_after(mail.attempts)
        mail.save(update_fields=["attempts", "next_try_at"])
    _try(mail, now)
    return 1


def _try(mail: CustomerMail, now: datetime) -> None:
    link = mail.link
    if not link.tenant.consent_contact or link.revoked_at or link.used_at or link.expires_at <= now:
        mail.dead_at, mail.error = now, "There is nobody to send it to, or the link is over."
    else:
        try:
            _message(mail).send()
        except Exception as error:  # noqa: BLE001 - whatever a mail server says, the row keeps it and the next try comes
            mail.error = f"{type(error).__name__}: {error}"[:500]
            mail.dead_at = now if mail.attempts >= MOST_ATTEMPTS else None
        else:
            mail.sent_at, mail.error = database_now(), ""
    mail.save(update_fields=["sent_at", "dead_at", "error"])


def _message(mail: CustomerMail) -> EmailMessage:
    tenant, page = mail.link.tenant, customer_pages.get(mail.link.kind)
    words = f"\n{page(about=mail.link.about)['mail']}\n" if page else ""
    return EmailMessage(
        subject=SUBJECT.format(tenant=" ".join(tenant.name.split())),
        body=BODY.format(tenant=tenant.name, words=words, address=address_of(mail.link.pk)),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[tenant.consent_contact],
        headers={"Auto-Submitted": "auto-generated"},
    )
