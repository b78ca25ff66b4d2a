"""The ways out of the console. `Down`: a way cannot be used now; `Rejected`: the receiver will not take one message."""

import logging
import os
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from grants.models import Delivery
from grants.notify_rules import Webhook, notify_rules_in_force
from opsconsole.lib.deadline import within
from opsconsole.lib.webhooks import address_in

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # it tells every address, and a webhook's address is a secret
WEBHOOK_SECONDS = 5.0  # without a word
CALL_SECONDS = 20.0  # in all
LATER = frozenset({429, 503})  # the receiver asks to be left alone for a while
FOOT = "Sign in to read more. Nothing can be decided from this mail."
NOT_NOW = 421  # SMTP: the service closes

Send = Callable[[Delivery], None]


class Down(Exception):
    """The whole channel cannot be used now; the sentence names no secret."""


class Rejected(Exception):
    """The receiver would not take this message."""


class Unwanted(Exception):
    """Nobody is there any more to take it: it is dropped, not tried again."""


@contextmanager
def opened(channel: str) -> Iterator[Send]:
    """Open a channel for several messages and give the function that sends one."""
    way = _mail if channel == Delivery.EMAIL else _webhook
    with way(channel) as send:
        yield send


def is_connected(webhook: Webhook) -> bool:
    """Tell whether a webhook's variable is set; one that is not set is switched off."""
    return bool(os.environ.get(webhook.url_env))


@contextmanager
def _mail(_channel: str) -> Iterator[Send]:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise Down(f"The mail server cannot be used: {type(error).__name__}.") from None

    def send(delivery: Delivery) -> None:
        try:
            connection.send_messages([_letter(delivery)])
        except smtplib.SMTPResponseException as error:
            if error.smtp_code == NOT_NOW:
                raise Down("The mail server closes.") from None
            raise Rejected(f"The mail server refused it with {error.smtp_code}.") from None
        except (smtplib.SMTPRecipientsRefused, BadHeaderError, ValueError) as error:
            raise Rejected(f"The mail server refused it: {type(error).__name__}.") from None
        except (OSError, smtplib.SMTPException) as error:
            raise Down(f"The mail server cannot be used: {type(error).__name__}.") from None

    try:
        yield send
    finally:
        connection.close()


def _letter(delivery: Delivery) -> EmailMultiAlternatives:
    """Return a mail with plain text first. Repeated tries carry the same Message-ID, mails of one case stand in one thread."""
    person = delivery.person
    if person is None or not person.is_active or not person.email:
        raise Unwanted("Nobody is there to read it.")
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    url = settings.PUBLIC_URL + delivery.path
    headers = {"Message-ID": f"<{delivery.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    if delivery.outbox.case_id:
        headers["References"] = f"<{delivery.outbox.case_id}@{host}>"
    letter = EmailMultiAlternatives(
        subject=delivery.sentence.rstrip("."),
        body=f"{delivery.sentence}\n\n{url}\n\n{FOOT}\n",
        to=[person.email],
        headers=headers,
    )
    page = render_to_string("grants/mail.html", {"sentence": delivery.sentence, "url": url, "foot": FOOT})
    letter.attach_alternative(page, "text/html")
    return letter


@contextmanager
def _webhook(channel: str) -> Iterator[Send]:
    webhook = notify_rules_in_force().webhook_of(channel)
    address = _address(webhook) if webhook else ""
    with httpx.Client(timeout=WEBHOOK_SECONDS, follow_redirects=False, trust_env=False) as client:

        def send(delivery: Delivery) -> None:
            if webhook is None:
                raise Unwanted("The policy knows this webhook no more.")
            _post(client, address, delivery)

        yield send


def _post(client: httpx.Client, address: str, delivery: Delivery) -> None:
    words = f"{delivery.sentence}\n{settings.PUBLIC_URL}{delivery.path}"
    try:
        with within(CALL_SECONDS) as trace:
            answer = client.post(
                address,
                json={"text": escaped(words)},
                headers={"Idempotency-Key": str(delivery.pk)},
                extensions={"trace": trace},
            )
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Down(f"The webhook cannot be reached: {type(error).__name__}.") from None
    if answer.status_code in LATER:
        raise Down(f"The webhook asks to wait: it answered {answer.status_code}.")
    if not answer.is_success:
        raise Rejected(f"The webhook answered {answer.status_code}.")


def escaped(text: str) -> str:
    """Return text in which nothing is a mention or a link of its own: `&`, `<` and `>` are the only characters such tools read."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(webhook: Webhook) -> str:
    """Return the address from the environment. Raises `Down` for one that is missing or leads elsewhere than the policy says."""
    try:
        return address_in(webhook.url_env, webhook.host)
    except ValueError as error:
        raise Down(str(error)) from None
