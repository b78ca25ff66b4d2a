"""Mail that a page sends while an agent acts: held, or sent with a mark. `EMAIL_BACKEND = "support_session.mail.SupportMailBackend"`."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from .conf import setting
from .context import acting
from .models import ProductSession
from .sessions import note

MARK = "[Sent while support was acting] "


class SupportMailBackend(BaseEmailBackend):
    """Hands mail on to MAIL_BACKEND; in a session only where MAIL is `tag`, with a mark in its subject and a header.

    What an approved action sends goes out as it is: that mail is what was approved.
    """

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.real = get_connection(setting("MAIL_BACKEND"), fail_silently=fail_silently, **options)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were sent; a held one is none."""
        who = acting()
        if who is None or who.by_action:
            return self.real.send_messages(email_messages) or 0
        held = setting("MAIL") == "hold"
        if held and who.row:
            what = f"{len(email_messages)} outgoing mail"
            note(
                ProductSession.objects.get(pk=who.row),
                "blocked",
                what=what,
                rule="mail is held while support acts",
            )
        if held:
            return 0
        for message in email_messages:
            message.subject = MARK + str(message.subject)
            message.extra_headers["X-Support-Session"] = who.session_id
        return self.real.send_messages(email_messages) or 0
