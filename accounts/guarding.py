"""Who may change people: asked by every verb on people and their rights."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import Person, StandingRight
from opsconsole.lib.errors import Conflict, Refused
from opsconsole.lib.step_up import guard_step_up


class MayNotManagePeople(Refused):
    code = "may_not_manage_people"


class NotOnOneself(Refused):
    code = "not_on_oneself"


class EditedMeanwhile(Conflict):
    code = "edited_meanwhile"


def guard_people(actor: Person) -> None:
    """Ask that somebody may change people. Raises `MayNotManagePeople`, `StepUpNeeded`."""
    if not actor.has_perm("console.manage_people"):
        raise MayNotManagePeople("You may not change people.", scope="manage_people")
    guard_step_up(actor, "people")


def guard_owner(sentence: str) -> None:
    """Ask that the owner of the tables runs this. Raises `MayNotManagePeople` for the app's role."""
    if connection.settings_dict["USER"] == settings.APP_DATABASE_ROLE:
        raise MayNotManagePeople(sentence, scope="manage_people")


def how_they_stand(person: Person) -> str:
    """Return a mark of a person's name, address, state and roles: what a form was filled in on."""
    roles = sorted(person.memberships.values_list("role", flat=True))
    state = [person.username, person.display_name, person.email, person.is_staff, person.is_active, roles]
    return _mark(state)


def how_it_stands(right: StandingRight) -> str:
    """Return a mark of a right's terms: what a form was filled in on."""
    return _mark([right.owner, right.reason, right.review_on, right.ends_at, right.kind, right.ended_at])


def _mark(state: list[Any]) -> str:
    return hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()[:16]


def guard_right_seen(right: StandingRight, seen: str) -> None:
    """Raise `EditedMeanwhile` as `guard_seen` does, for a locked right."""
    if seen and seen != how_it_stands(right):
        raise EditedMeanwhile(
            f"Somebody else has changed the right on {right} meanwhile. Please look again.", state="changed"
        )


def guard_seen(person: Person, seen: str) -> None:
    """Raise `EditedMeanwhile` where a locked person no longer stands as whoever decided on the change saw them; "" asks for nothing."""
    if seen and seen != how_they_stand(person):
        raise EditedMeanwhile(
            f"Somebody else has changed {person} meanwhile. Please look again.", state="changed"
        )
