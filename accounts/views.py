from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.doors import public, signed_in
from accounts.factors.half import begin_half
from accounts.forms import SignInForm
from accounts.http import StaffRequest
from accounts.models import Person
from accounts.queries import powers_of, roles_in_force
from accounts.sign_ins.actions import accept_password, change_password, note_refused_sign_in, sign_out
from accounts.sign_ins.entering import enter
from accounts.single_sign_on.queries import provider_name
from opsconsole.lib.errors import Invalid
from opsconsole.lib.registry import home_cards, home_lists


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """Sign-in for pages and for Django admin: one form, one lockout."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    next_page = "/"
    http_method_names = ["get", "head", "post", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"company": provider_name()}

    def form_valid(self, form: Any) -> HttpResponse:
        person: Person = form.get_user()
        if not roles_in_force().sign_in.second_factor:
            return enter(self.request, person, self.get_success_url())
        accept_password(person=person)
        begin_half(self.request, person, self.get_success_url())
        return redirect("accounts:second-factor")

    def form_invalid(self, form: Any) -> HttpResponse:
        locked = getattr(self.request, "axes_locked_out", False)
        username = str(form.data.get("username", ""))
        note_refused_sign_in(
            username=username, cause="too many tries" if locked else "name and password do not match"
        )
        error = " ".join(form.non_field_errors()) or "Type your user name and your password."
        return self.render_to_response(
            self.get_context_data(form=form, error=error, username=username), status=422
        )


sign_in_view = public(SignInView.as_view())


@require_POST
@public
def sign_out_view(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Person):
        sign_out(request=request, person=request.user)
    return redirect("accounts:sign-in")


@require_GET
@signed_in
def home(request: StaffRequest) -> HttpResponse:
    powers = powers_of(request.user)
    context: dict[str, Any] = {"powers": powers}
    for card in home_cards:
        context |= card(person=request.user, powers=powers)
    lists = [one for found in home_lists for one in found(person=request.user, powers=powers)]
    context |= {
        "lists": [one for one in lists if not one.aside],
        "aside": [one for one in lists if one.aside],
    }
    return render(request, "home.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(request=request, actor=request.user, password=form.cleaned_data["new_password1"])
        except Invalid as error:
            form.add_error("new_password1", error.errors["new_password1"])
        else:
            messages.success(request, "Your password is changed. Your other browsers are signed out.")
            return redirect("accounts:home")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a sign-in after too many tries: 429, the same words whether the person exists or not."""
    return render(request, "errors/429.html", status=429)
