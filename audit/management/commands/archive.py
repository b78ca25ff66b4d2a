from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection

from audit.context import surface
from audit.retention.actions import MonthStays, archive_month
from audit.retention.file import BadArchive
from audit.retention.queries import months
from audit.seal.note import BadNote


class Command(BaseCommand):
    """`archive DIR` takes every month whose time is over out of the log, each into a signed file that is read back before; `--month` one of
    them. Only the owner of the tables may: it runs with `OWNER_DATABASE_URL`."""

    help = "Take months of the log whose time is over into signed files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--month", default="", help="such as 2024-01; left out: all that are due")

    def handle(self, *_: Any, folder: Path, month: str, **__: Any) -> None:
        if connection.settings_dict["USER"] == settings.APP_DATABASE_ROLE:
            raise CommandError("The console's own role may not archive: set OWNER_DATABASE_URL.")
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a directory.")
        with surface("command"):
            names = [month] if month else [found.name for found in months()]
            done = [self._one(name, folder, alone=bool(month)) for name in names]
        if not any(done):
            self.stdout.write("No month was archived.")

    def _one(self, name: str, folder: Path, *, alone: bool) -> bool:
        try:
            kept = archive_month(name=name, folder=folder)
        except MonthStays as error:
            if alone:
                raise CommandError(str(error)) from error
            self.stdout.write(str(error))
            return False
        except (BadArchive, BadNote, OSError, DatabaseError) as error:
            raise CommandError(f"{name} stays in the log: {error}") from error
        self.stdout.write(f"{kept.file}: {kept.events} events of {name}, SHA-256 {kept.digest}")
        return True
