from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...outgoing import send_waiting
from ...remote import Silent
from ...sessions import end_what_is_over


class Command(BaseCommand):
    """End what is over and send what the console has not taken yet; for a timer, beside what is done at once."""

    help = "Send the events of support sessions that the console has not taken yet."

    def handle(self, *_: Any, **__: Any) -> None:
        end_what_is_over()
        total = 0
        try:
            while sent := send_waiting():
                total += sent
        except Silent as error:
            raise CommandError(f"The console took {total} events and then no more: {error}.") from error
        self.stdout.write(f"{total} events sent")
