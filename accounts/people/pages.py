"""What the page of one person is filled with."""

from typing import Any

from accounts.effective.queries import Why, holdings_of, why, why_power
from accounts.guarding import how_they_stand
from accounts.http import StaffRequest
from accounts.models import Person
from accounts.people.forms import OffBoardForm, RightForm, RolesForm
from accounts.people.queries import how_they_left, rights_of, titles_of
from accounts.queries import powers_of, roles_in_force
from accounts.rights.kinds import kinds
from accounts.roles import POWERS
from opsconsole.lib.errors import Invalid

NO_TENANT = "Name a tenant by its short name: this is about one tenant."


def person_page(request: StaffRequest, person: Person, **forms: Any) -> dict[str, Any]:
    """Return the context of a person's page; `forms` are those that were sent and are shown with what to mend."""
    standing, ended = rights_of(person)
    context = {
        "person": person,
        "titles": titles_of(person),
        "holdings": holdings_of(person),
        "rights": standing,
        "ended_rights": ended,
        "left": how_they_left(person),
        "asked": _asked(request, person),
        "choices": _choices(),
    }
    if "manage_people" in powers_of(request.user).may:
        context |= _forms(request, person, forms)
    return context


def _forms(request: StaffRequest, person: Person, sent: dict[str, Any]) -> dict[str, Any]:
    if not person.is_active or person.pk == request.user.pk:
        return {"is_oneself": person.pk == request.user.pk}
    seen = how_they_stand(person)
    held = list(person.memberships.values_list("role", flat=True))
    return {
        "roles_form": sent.get("roles") or RolesForm(initial={"roles": held, "seen": seen}),
        "right_form": sent.get("right") or RightForm(),
        "off_board_form": sent.get("off_board") or OffBoardForm(initial={"seen": seen}),
    }


def _choices() -> list[tuple[str, str]]:
    scopes = [(scope.key, scope.may) for scope in roles_in_force().scopes.values()]
    return [*scopes, *((power, words[0].upper() + words[1:]) for power, words in POWERS.items())]


def _asked(request: StaffRequest, person: Person) -> dict[str, Any]:
    """Return what was asked in "can they do this on that" with its answer, or with what is missing from the question."""
    do, slug = request.GET.get("do", ""), request.GET.get("tenant", "").strip()
    known = roles_in_force().scopes
    if do not in known and do not in POWERS:
        return {}
    asked: dict[str, Any] = {"do": do, "tenant": slug}
    answer: Why
    if do in POWERS:
        answer = why_power(person, do)
    else:
        try:
            answer = why(person, do, kinds["view_tenant"].find(slug))
        except Invalid as error:
            return asked | {"error": next(iter(error.errors.values())) if slug else NO_TENANT}
    return asked | {"answer": answer}
