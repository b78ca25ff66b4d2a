"""Pages that no support session may open: money, second factors, administration."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def billing(request: HttpRequest) -> HttpResponse:
    """The plan and the card."""
    text = "Your plan renews by itself. Change the card or the plan here."
    return render(request, "quillfold/plain.html", {"title": "Billing", "text": text})


@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second factor of one's own sign-in."""
    user: Any = request.user
    text = "A second factor is on." if user.two_factor else "No second factor yet."
    return render(request, "quillfold/plain.html", {"title": "Second factor", "text": text})


@login_required
def administration(request: HttpRequest) -> HttpResponse:
    """For those who run the account."""
    user: Any = request.user
    text = "You run this account." if user.runs_the_account else "Only owner and admins see more here."
    return render(request, "quillfold/plain.html", {"title": "Administration", "text": text})
