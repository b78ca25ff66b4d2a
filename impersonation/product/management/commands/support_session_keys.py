from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import keys
from ...conf import setting


class Command(BaseCommand):
    """Make this product's signing keys, or let the next one sign."""

    help = "Make the product's signing keys where they are missing; --rotate lets the next one sign."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rotate", action="store_true", help="let the next key sign and take the oldest away"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        directory = str(setting("KEYS"))
        if not directory:
            raise CommandError("SUPPORT_SESSION['KEYS'] names no directory.")
        try:
            live = keys.rotate(directory) if options["rotate"] else keys.make_keys(directory)
        except (keys.NoKeys, OSError) as error:
            raise CommandError(str(error)) from error
        for place, key in enumerate(live):
            self.stdout.write(f"{key.kid} {'signs' if place == 0 else 'is next'}")
