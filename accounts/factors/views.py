"""The second step of sign-in, step-up by itself, and one's own second factors."""

import base64
from typing import cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import after_password, signed_in, step_up
from accounts.factors import actions, asking, passkeys
from accounts.factors.adapter import key_ring
from accounts.factors.fresh import Proof, asks_for
from accounts.factors.queries import codes_left, codes_to_show, has_app, has_factor
from accounts.http import HalfRequest, StaffRequest
from accounts.models import Person
from accounts.sign_ins.entering import enter
from opsconsole.lib.errors import Invalid
from opsconsole.lib.step_up import FACTORS, guard_step_up

SECRET, AFTER_CODES = "app_secret", "after_recovery_codes"


def answer_of(request: HttpRequest) -> actions.Answer:
    """Return what was typed or shown on a form of one's own."""
    return actions.Answer(request.POST.get("code", ""), request.POST.get("passkey", ""))


@never_cache
@require_http_methods(["GET", "POST"])
@after_password
def second_factor(request: HalfRequest) -> HttpResponse:
    person, error = request.half.person, ""
    if not has_factor(person):
        return redirect("accounts:first-factor")
    if request.method == "POST":
        shown = answer_of(request)
        try:
            proof = actions.show_factor(request=request, person=person, answer=shown, signed_in=False)
        except actions.LockedOut:
            return render(request, "errors/429.html", status=429)
        except actions.WrongFactor as refused:
            error = refused.sentence
        else:
            return enter(request, person, request.half.next, proof)
    return _asking(request, person, error)


def _asking(request: HttpRequest, person: Person, error: str) -> HttpResponse:
    context = {
        "person": person,
        "error": error,
        "passkey_question": passkeys.question_to_show(request, person),
        "codes_left": codes_left(person),
    }
    return render(request, "accounts/second_factor.html", context, status=422 if error else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@after_password
def first_factor(request: HalfRequest) -> HttpResponse:
    person, next_page = request.half.person, request.half.next
    if has_factor(person):
        return redirect("accounts:second-factor")
    try:
        proof = _add(request, person)
    except Invalid as error:
        return _adding(request, person, "accounts/first_factor.html", error.errors)
    if proof is None:
        return _adding(request, person, "accounts/first_factor.html")
    answer = enter(request, person, "accounts:codes", proof)
    request.session[AFTER_CODES] = next_page
    return answer


def _add(request: HttpRequest, person: Person) -> Proof | None:
    """Add what a form brings and return its proof, None where no form came. Raises `Invalid`."""
    if request.method != "POST":
        return None
    if request.POST.get("passkey"):
        name, answer = request.POST.get("name", ""), request.POST["passkey"]
        return actions.add_passkey(request=request, person=person, name=name, answer=answer)
    secret, code = _secret(request), request.POST.get("code", "")
    proof = actions.add_app(person=person, secret=secret, code=code)
    request.session.pop(SECRET, None)
    return proof


def _secret(request: HttpRequest) -> str:
    """Return the secret that this session offers to an app, encrypted where the session is kept."""
    try:
        return key_ring().decrypt(request.session[SECRET].encode(), ttl=3600).decode()
    except (KeyError, InvalidToken):
        secret = str(generate_totp_secret())
        request.session[SECRET] = key_ring().encrypt(secret.encode()).decode()
        return secret


def _adding(
    request: HttpRequest, person: Person, template: str, errors: dict[str, str] | None = None
) -> HttpResponse:
    secret, adapter = _secret(request), get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(person, secret)).encode()
    context = {
        "errors": errors or {},
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}",
        "has_app": has_app(person),
        "passkeys": passkeys.available(),
        "passkey_question": passkeys.question_to_add(request, person) if passkeys.available() else "",
    }
    return render(request, template, context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@step_up(FACTORS)
@signed_in
def add(request: StaffRequest) -> HttpResponse:
    if has_factor(request.user):
        guard_step_up(request.user, FACTORS)
    try:
        if _add(request, request.user) is None:
            return _adding(request, request.user, "accounts/add_factor.html")
    except Invalid as error:
        return _adding(request, request.user, "accounts/add_factor.html", error.errors)
    messages.success(request, "Added. You can sign in with it from now on.")
    return redirect("accounts:codes" if codes_to_show(request.user) else "accounts:security")


@require_POST
@step_up(FACTORS)
@signed_in
def remove(request: StaffRequest, factor_id: int) -> HttpResponse:
    try:
        actions.remove_factor(actor=request.user, factor_id=factor_id)
    except Authenticator.DoesNotExist:
        raise Http404 from None
    messages.success(request, "Removed. It opens nothing any more.")
    return redirect("accounts:security")


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def codes(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        actions.keep_recovery_codes(actor=request.user)
        return redirect(request.session.pop(AFTER_CODES, "accounts:security"))
    shown = codes_to_show(request.user)
    if not shown:
        return redirect("accounts:security")
    guard_step_up(request.user, FACTORS)
    return render(request, "accounts/codes.html", {"codes": shown})


@require_POST
@step_up(FACTORS)
@signed_in
def new_codes(request: StaffRequest) -> HttpResponse:
    actions.make_recovery_codes(actor=request.user)
    return redirect("accounts:codes")


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def show_again(request: StaffRequest) -> HttpResponse:
    """Ask for a second factor and lead on; a form that brought one was checked at the door."""
    onward = asking.inside(request, request.GET.get("next", "/"))
    came = asking.CODE in request.POST or asking.PASSKEY in request.POST
    if came or not asks_for(FACTORS):
        return redirect(onward)
    return asking.page(cast("HttpRequest", request), request.user)
