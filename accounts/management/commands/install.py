import getpass
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import actor_named, install_people
from audit.actions import install_first_policy
from audit.refs import Actor
from opsconsole.lib.bundle import Bundle
from opsconsole.lib.errors import ConsoleError


@dataclass(frozen=True)
class FirstPerson:
    """The first administrator; everybody else is added by them."""

    username: str
    display_name: str
    roles: tuple[str, ...]
    is_staff: bool = True
    email: str = ""


class Command(BaseCommand):
    """First start of a production console: a policy and one administrator, as the owner of the database."""

    help = "Install the first policy and the first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="the policy bundle")
        parser.add_argument("--admin", required=True, help="sign-in name of the first administrator")
        parser.add_argument("--role", required=True, help="their role in the policy")

    def handle(self, *_: Any, **options: Any) -> None:
        first = FirstPerson(options["admin"], options["admin"].capitalize(), (options["role"],))
        try:
            bundle = Bundle.from_directory(options["directory"])
            installer = actor_named("The installation")
            version = install_first_policy(
                proposer=installer,
                activator=Actor("system", "owner", "The owner of the database"),
                bundle=bundle,
            )
            install_people(
                actor=installer, people=[first], password=getpass.getpass("Their first password: ")
            )
        except (ConsoleError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Policy {version} is in force and {first.username} may sign in.")
