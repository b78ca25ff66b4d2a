from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factors.keyboard import prove_at_keyboard
from accounts.models import Person
from audit.actions import activate_policy, propose_policy
from audit.context import surface
from opsconsole.lib.bundle import Bundle, examine
from opsconsole.lib.errors import ConsoleError
from opsconsole.lib.step_up import StepUpNeeded


class Command(BaseCommand):
    """`policy check DIR`, `policy propose DIR --as USER`, `policy activate VERSION --as USER`."""

    help = "Check, propose or activate a policy bundle."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check_parser = verbs.add_parser("check", help="print every mistake of a bundle")
        check_parser.add_argument("directory", type=Path)
        propose = verbs.add_parser("propose", help="store a bundle as a proposal")
        propose.add_argument("directory", type=Path)
        activate = verbs.add_parser("activate", help="put a proposed version in force")
        activate.add_argument("version")
        for parser_of_verb in (propose, activate):
            parser_of_verb.add_argument(
                "--as", dest="username", required=True, help="sign-in name of the person"
            )
            parser_of_verb.add_argument(
                "--code", default="", help="their second factor, where the policy asks"
            )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            with surface("command"):
                getattr(self, f"_{options['verb']}")(options)
        except StepUpNeeded as error:
            raise CommandError(f"{error} Add --code and what the person's app shows.") from error
        except (ConsoleError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _check(self, options: Any) -> None:
        """Print every mistake, or one sentence where there is none."""
        directory: Path = options["directory"]
        bundle = Bundle.from_directory(directory)
        seen = examine(bundle)
        for mistake in seen.found:
            self.stderr.write(f"{directory}/{mistake}")
        for note in seen.notes:
            self.stdout.write(note)
        if seen.found:
            raise CommandError(f"{len(seen.found)} mistake{'s'[: len(seen.found) != 1]} in {directory}.")
        self.stdout.write(f"{directory} is a good policy: version {bundle.digest[:12]}.")

    def _propose(self, options: Any) -> None:
        """Store a proposal and print its version on the last line."""
        version = propose_policy(
            actor=self._person(options), bundle=Bundle.from_directory(options["directory"])
        )
        self.stdout.write(f"Proposed. Another person puts it in force.\n{version.version}")

    def _activate(self, options: Any) -> None:
        """Put a version in force."""
        version = activate_policy(actor=self._person(options), version=options["version"])
        self.stdout.write(f"Policy {version} is in force.")

    def _person(self, options: Any) -> Person:
        person = Person.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person {options['username']}.")
        if options["code"]:
            prove_at_keyboard(person=person, code=options["code"])
        return person
