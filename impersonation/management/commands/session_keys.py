from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from impersonation.product import keys


class Command(BaseCommand):
    """Make the console's keys for the product, or let the next one sign."""

    help = "Make the keys with which the console signs for the product; --rotate lets the next one sign."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rotate", action="store_true", help="let the next key sign and take the oldest away"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.SESSION_KEYS:
            raise CommandError("OPSCONSOLE_SESSION_KEY_DIR names no directory.")
        try:
            live = (
                keys.rotate(settings.SESSION_KEYS)
                if options["rotate"]
                else keys.make_keys(settings.SESSION_KEYS)
            )
        except (keys.NoKeys, OSError) as error:
            raise CommandError(str(error)) from error
        for place, key in enumerate(live):
            self.stdout.write(f"{key.kid} {'signs' if place == 0 else 'is next'}")
