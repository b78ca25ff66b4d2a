from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import signed_in
from accounts.factors.passkeys import available
from accounts.factors.queries import codes_left, factors_of
from accounts.http import StaffRequest
from accounts.models import SignIn
from accounts.sign_ins.actions import end_other_sign_ins, end_own_sign_in
from accounts.sign_ins.queries import open_sign_ins, sign_in_of
from accounts.single_sign_on.queries import link_of, provider_name


@never_cache
@require_GET
@signed_in
def security(request: StaffRequest) -> HttpResponse:
    """One's own sign-in: second factors, recovery codes, password, and where one is signed in."""
    factors = factors_of(request.user)
    context = {
        "factors": factors,
        "codes_left": codes_left(request.user),
        "passkeys": available(),
        "sign_ins": open_sign_ins(request, request.user),
        "company": provider_name(),
        "link": link_of(request.user),
    }
    return render(request, "accounts/security.html", context)


@require_POST
@signed_in
def end(request: StaffRequest, sign_in_id: UUID) -> HttpResponse:
    try:
        end_own_sign_in(actor=request.user, sign_in=sign_in_of(request.user, sign_in_id))
    except SignIn.DoesNotExist:
        raise Http404 from None
    messages.success(request, "Signed out there.")
    return redirect("accounts:security")


@require_POST
@signed_in
def end_others(request: StaffRequest) -> HttpResponse:
    ended = end_other_sign_ins(request=request, actor=request.user)
    messages.success(request, "Signed out everywhere else." if ended else "You are signed in here only.")
    return redirect("accounts:security")
