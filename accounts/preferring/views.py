from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import signed_in
from accounts.http import StaffRequest
from accounts.preferring.actions import set_preferences
from accounts.preferring.choices import Preferences, preferences_of
from accounts.preferring.forms import PreferencesForm
from accounts.preferring.profile import profile_of


@never_cache
@require_GET
@signed_in
def profile(request: StaffRequest) -> HttpResponse:
    form = PreferencesForm(initial=asdict(preferences_of(request.user.preferences)))
    return _page(request, form)


@require_POST
@signed_in
def prefer(request: StaffRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    changed = set_preferences(actor=request.user, wanted=Preferences(**form.cleaned_data))
    messages.success(request, "Your pages look like this now." if changed else "Nothing was changed.")
    return redirect("accounts:profile")


def _page(request: StaffRequest, form: PreferencesForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "found": profile_of(request.user)}
    return render(request, "accounts/profile.html", context, status=status)
