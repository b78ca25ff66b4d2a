from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import make_token
from accounts.models import ApiToken, Person
from audit.context import surface
from opsconsole.lib.errors import ConsoleError


class Command(BaseCommand):
    """`token create USER`: the token alone on the last line, shown this once."""

    help = "Make an API token of one person."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a token and print it once")
        create.add_argument("username", help="sign-in name of its person")
        create.add_argument("--name", default="command line", help="what it is for")
        create.add_argument("--days", type=int, default=90, help="how long it lives (90)")
        create.add_argument(
            "--area", action="append", choices=ApiToken.Area.values, help="a part of the API; all without"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        person = Person.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person {options['username']}.")
        areas = options["area"] or ApiToken.Area.values
        try:
            with surface("command"):
                token, secret = make_token(
                    actor=person, name=options["name"], areas=areas, days=options["days"]
                )
        except ConsoleError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(
            f"Good until {token.expires_at:%d %b %Y} for {', '.join(token.areas)}. It is not shown again.\n{secret}"
        )
