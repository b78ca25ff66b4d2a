"""Session limits and doors, for every request."""

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.doors import Door
from accounts.factors.asking import ask, step_up_first
from accounts.factors.fresh import hold, proof_of
from accounts.factors.half import half_of
from accounts.models import Person
from accounts.queries import roles_in_force
from accounts.roles import POWERS
from accounts.sign_ins.actions import end_session
from accounts.sign_ins.marks import mark_sign_in
from accounts.tokens import area_of, token_of
from accounts.views import password
from audit.middleware import refuse, wants_json
from opsconsole.lib.errors import Refused
from opsconsole.lib.step_up import StepUpNeeded

GetResponse = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed_in_at"
LAST_SEEN = "last_seen"
WRITE_EVERY = 30  # seconds; a session row is not rewritten on every click
POLL_HEADER = "X-Console-Poll"  # a page that refreshes itself is no human input


class TokenTooNarrow(Refused):
    code = "token_too_narrow"


class NoDoor(Refused):
    code = "no_door"


class MissingPower(Refused):
    code = "missing_power"


class TokenMiddleware:
    """On the API a person is known by their token and by nothing else: a cookie opens no API, a token opens no page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        token = token_of(request)
        area = area_of(request.path)
        request.user = token.person if token else AnonymousUser()
        if token and area and area not in token.areas:
            return refuse(request, TokenTooNarrow(f"This token does not open {area}.", scope=area))
        return self.get_response(request)


class SessionLimitMiddleware:
    """Ends a sign-in after idle or absolute time, and one without the second factor that the policy asks for (NIST AC-11, AC-12, IA-2).

    Polling does not keep it alive.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person) and not request.path.startswith("/api/"):
            mark_sign_in(request)
            cause = self._over(request)
            if cause:
                end_session(request=request, person=request.user, cause=cause)
            else:
                self._touch(request)
        return self.get_response(request)

    def _over(self, request: HttpRequest) -> str:
        rules, now = roles_in_force().sign_in, time.time()
        if now - request.session.get(SIGNED_IN_AT, 0) > rules.absolute_minutes * 60:
            return "absolute time limit"
        if now - request.session.get(LAST_SEEN, 0) > rules.idle_minutes * 60:
            return "idle time limit"
        proof = proof_of(request, request.user) if isinstance(request.user, Person) else None
        if proof:
            hold(proof)
        return "the policy asks for a second factor" if rules.second_factor and not proof else ""

    def _touch(self, request: HttpRequest) -> None:
        now = time.time()
        if POLL_HEADER not in request.headers and now - request.session.get(LAST_SEEN, 0) > WRITE_EVERY:
            request.session[LAST_SEEN] = now


class DoorMiddleware:
    """Lets a request through to its view only by the door the view declares."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        door = door_of(view)
        if door is None:
            return refuse(request, NoDoor("This page has no declared permission, so it stays closed."))
        if door.kind == "public":
            return None
        if door.kind == "after_password":
            return _half_way(request)
        if not isinstance(request.user, Person):
            return _sign_in_first(request)
        return _inside(request, request.user, view, door)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StepUpNeeded) and isinstance(request.user, Person):
            return ask(request, request.user, error)
        return None


def _inside(request: HttpRequest, person: Person, view: Any, door: Door) -> HttpResponse | None:
    if person.password_given and view is not password:
        return _own_password_first(request)
    if door.powers and not any(person.has_perm(f"console.{power}") for power in door.powers):
        needed = " or ".join(POWERS[power] for power in door.powers)
        return refuse(
            request, MissingPower(f"This page is for people who may {needed}.", scope=door.powers[0])
        )
    return step_up_first(request, person, act_of(request, view))


def door_of(view: Any) -> Door | None:
    """Return the door of a resolved view; pages of Django admin are for people who manage people."""
    door: Door | None = getattr(view, "door", None)
    if door is None and (hasattr(view, "admin_site") or hasattr(view, "model_admin")):
        return Door("power", ("manage_people",))
    return door


def act_of(request: HttpRequest, view: Any) -> str:
    """Return the act that a change through a view is, empty for one that asks for no step-up; Django admin changes people."""
    act: str | None = getattr(view, "step_up", None)
    match = request.resolver_match
    if act is None and match and match.namespace == "admin" and match.url_name != "logout":
        return "people"
    return act or ""


def _half_way(request: HttpRequest) -> HttpResponse | None:
    """Let somebody on who gave a password lately, and anybody else to the first step."""
    if isinstance(request.user, Person):
        return redirect("accounts:home")
    half = half_of(request)
    if half is None:
        programs = wants_json(request) or request.headers.get("HX-Request")
        return _sign_in_first(request) if programs else redirect("accounts:sign-in")
    request.half = half  # type: ignore[attr-defined]
    return None


def _own_password_first(request: HttpRequest) -> HttpResponse:
    """Lead somebody whose password an administrator knows to the page on which they choose their own (NIST IA-5(1))."""
    if wants_json(request) or request.headers.get("HX-Request"):
        sentence = "Please choose a password of your own first."
        return JsonResponse({"error": "password", "sentence": sentence}, status=403)
    return redirect("accounts:password")


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if wants_json(request) or request.headers.get("HX-Request"):
        answer = JsonResponse({"error": "sign_in", "sentence": "Please sign in first."}, status=401)
        if request.path.startswith("/api/"):
            answer["WWW-Authenticate"] = 'Bearer realm="opsconsole"'
        else:
            answer["HX-Redirect"] = reverse("accounts:sign-in")
        return answer
    return redirect_to_login(
        request.get_full_path() if request.method == "GET" else "/", reverse("accounts:sign-in")
    )
