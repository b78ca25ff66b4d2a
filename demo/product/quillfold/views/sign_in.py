"""Sign-in by address and password."""

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from demo.product.quillfold.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def enter(request: HttpRequest) -> HttpResponse:
    """The form, and the way in."""
    if request.method != "POST":
        return render(request, "quillfold/sign_in.html")
    email, password = request.POST.get("email", "").strip().lower(), request.POST.get("password", "")
    users = User.objects.filter(email=email, tenant__environment="production", status="active")
    user: Any
    for user in users.select_related("tenant"):
        if check_password(password, user.password):
            login(request, user, BACKEND)
            return HttpResponseRedirect(_next(request))
    return render(request, "quillfold/sign_in.html", {"refused": True, "email": email}, status=422)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Out."""
    logout(request)
    return HttpResponseRedirect("/sign-in/")


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "/")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"
