import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.actions import actor_named, install_people
from audit.actions import install_first_policy
from audit.models import PolicyVersion
from audit.policies import active_policy
from audit.refs import Actor
from demo.book import fill_book
from demo.half_year import seed_reviews
from demo.history import seed_history
from demo.leaver import off_board_leaver
from demo.people import PASSWORD, PEOPLE
from impersonation.product.keys import make_keys
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.errors import ConsoleError
from tenants.actions import refresh_directory
from tenants.sources.base import SourceError

OPERATOR = actor_named("The demo's owner")
SECOND = Actor("system", "second", "The demo's second owner")
DEMO_POLICY = settings.BASE_DIR / "demo" / "policy"


def put_in_force(bundle: Bundle, *, own: bool) -> str:
    """Put a policy in force and return its version. The demo's own bundle, once stored, yields to what people activated since."""
    active = active_policy().version
    if active and not own and PolicyVersion.objects.filter(version=bundle.digest).exists():
        return active[:12]
    return str(install_first_policy(proposer=OPERATOR, activator=SECOND, bundle=bundle))


def without_role(bundle: Bundle) -> list[str]:
    """Return one sentence for each role of the demo's people that a policy does not have."""
    document = bundle.toml("roles.toml", Problems())
    known = document.data.get("role", {}) if document else {}
    holders: dict[str, list[str]] = {}
    for person in PEOPLE:
        for role in person.roles:
            holders.setdefault(role, []).append(person.username)
    return [
        f"{' and '.join(names)} can do nothing: this policy has no role called {role}"
        for role, names in holders.items()
        if role not in known
    ]


def make_partition(at: datetime) -> None:
    """Make room in the log for the month of a past time; only the owner may."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partition(%s)", [at.date()])


class Command(BaseCommand):
    """Fill the demo: policy, people, the tenants' directory, a week of work. Does nothing twice."""

    help = "Fill the demo's database, as its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-history", action="store_true", help="leave out the week of cases")

    def handle(self, *_: Any, **options: Any) -> None:
        directory = Path(os.environ.get("OPSCONSOLE_POLICY") or DEMO_POLICY)
        try:
            bundle = Bundle.from_directory(directory)
            self.stdout.write(f"policy {put_in_force(bundle, own=directory != DEMO_POLICY)}")
            if settings.SESSION_KEYS:
                make_keys(settings.SESSION_KEYS)
            install_people(actor=OPERATOR, people=PEOPLE, password=PASSWORD)
            self.stdout.write(f"{len(PEOPLE)} people")
            for sentence in without_role(bundle):
                self.stdout.write(sentence)
            self.stdout.write(f"{refresh_directory()} tenants")
            if not options["without_history"]:
                past = seed_history(make_partition)
                self.stdout.write(f"{past} past cases")
                self.stdout.write(f"{fill_book(OPERATOR)} tenants into the success manager's book")
                self.stdout.write(f"{seed_reviews(make_partition)} access reviews")
                if past:
                    self.stdout.write(f"{off_board_leaver()} things ended with somebody who left")
        except (ConsoleError, SourceError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
