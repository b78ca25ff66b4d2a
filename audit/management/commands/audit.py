from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.actions import seal_all
from audit.seal.note import BadNote
from audit.seal.verifying import verify
from opsconsole.lib.errors import ConsoleError


class Command(BaseCommand):
    """`audit seal` puts everything that is due under the seal; `audit verify` recomputes the whole log from its rows."""

    help = "Seal the log, or verify it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["seal", "verify"])

    def handle(self, *_: Any, what: str, **__: Any) -> None:
        try:
            self.stdout.write(_seal() if what == "seal" else _verify())
        except (ConsoleError, BadNote, OSError, ValueError) as error:
            raise CommandError(str(error)) from error


def _seal() -> str:
    sealed = seal_all()
    return f"{sealed.count} events sealed; the log has {sealed.head.size} entries.\n\n{sealed.head.note}"


def _verify() -> str:
    verdict = verify()
    if verdict.difference:
        raise CommandError(verdict.difference)
    return str(verdict)
