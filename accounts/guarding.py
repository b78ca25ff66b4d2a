"""Who may change people: asked by every verb on people and their rights."""

from django.conf import settings
from django.db import connection

from accounts.models import Person
from opsconsole.lib.errors import Refused
from opsconsole.lib.step_up import guard_step_up


class MayNotManagePeople(Refused):
    code = "may_not_manage_people"


class NotOnOneself(Refused):
    code = "not_on_oneself"


def guard_people(actor: Person) -> None:
    """Ask that somebody may change people. Raises `MayNotManagePeople`, `StepUpNeeded`."""
    if not actor.has_perm("console.manage_people"):
        raise MayNotManagePeople("You may not change people.", scope="manage_people")
    guard_step_up(actor, "people")


def guard_owner(sentence: str) -> None:
    """Ask that the owner of the tables runs this. Raises `MayNotManagePeople` for the app's role."""
    if connection.settings_dict["USER"] == settings.APP_DATABASE_ROLE:
        raise MayNotManagePeople(sentence, scope="manage_people")
