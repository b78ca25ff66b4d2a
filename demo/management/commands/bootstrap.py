import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tenants.actions import refresh_directory

from accounts.actions import actor_named, install_people
from audit.actions import install_first_policy
from audit.refs import Actor
from demo.people import PASSWORD, PEOPLE
from opsconsole.lib.bundle import Bundle
from opsconsole.lib.errors import ConsoleError

OPERATOR = actor_named("The demo's owner")
SECOND = Actor("system", "second", "The demo's second owner")


class Command(BaseCommand):
    """Fill the demo: policy, people, the tenants' directory, a week of work. Does nothing twice."""

    help = "Fill the demo's database, as its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-history", action="store_true", help="leave out the week of cases")

    def handle(self, *_: Any, **options: Any) -> None:
        directory = Path(os.environ.get("OPSCONSOLE_POLICY") or settings.BASE_DIR / "demo" / "policy")
        try:
            bundle = Bundle.from_directory(directory)
            version = install_first_policy(proposer=OPERATOR, activator=SECOND, bundle=bundle)
            self.stdout.write(f"policy {version}")
            install_people(actor=OPERATOR, people=PEOPLE, password=PASSWORD)
            self.stdout.write(f"{len(PEOPLE)} people")
            self.stdout.write(f"{refresh_directory()} tenants")
        except (ConsoleError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
