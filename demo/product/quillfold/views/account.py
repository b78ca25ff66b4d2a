"""The company's home, settings, tokens, history, and one person's mail."""

import secrets
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from demo.product.quillfold.models import ApiToken, Import, Preference, SettingsChange, Tenant, invoices_of
from demo.product.quillfold.people import remember
from impersonation.product.context import signed
from impersonation.product.sessions import dies_with_session

MAILS = {"paid": "An invoice was paid", "weekly": "The week in numbers", "news": "News of Quillfold"}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits."""
    user: Any = request.user
    invoices = invoices_of(user)
    counts = {
        status: invoices.filter(status=status).count() for status in ("draft", "sent", "overdue", "paid")
    }
    stopped = Import.objects.filter(tenant=user.tenant, status__in=("stopped", "failed")).count()
    return render(
        request, "quillfold/home.html", {"counts": counts, "stopped": stopped, "latest": invoices[:5]}
    )


@login_required
def settings(request: HttpRequest) -> HttpResponse:
    """The text under every invoice, and the look; changes go into the history."""
    user: Any = request.user
    if request.method == "POST":
        tenant = Tenant.objects.select_for_update().get(pk=user.tenant_id)
        invoice = dict(tenant.settings.get("invoice", {}))
        old, new = invoice.get("footer", ""), request.POST.get("footer", "")[:200]
        tenant.settings = {**tenant.settings, "invoice": {**invoice, "footer": new}}
        tenant.save(update_fields=["settings"])
        remember(request, "invoice.footer", old, new)
        messages.success(request, f"Saved by {signed(str(user))}.")
        return redirect("settings")
    return render(request, "quillfold/settings.html", {"chosen": user.tenant.settings})


@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens of the API; one made in a support session ends with it."""
    user: Any = request.user
    if request.method == "POST":
        token = ApiToken.objects.create(
            id=uuid.uuid4(),
            tenant=user.tenant,
            name=signed(str(user)),
            token=f"qf_live_{secrets.token_hex(20)}",
            created_at=timezone.now(),
        )
        dies_with_session(token)
        return redirect("tokens")
    found = ApiToken.objects.filter(tenant=user.tenant).order_by("-created_at")
    return render(request, "quillfold/tokens.html", {"tokens": found})


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Which mails this person wants."""
    user: Any = request.user
    chosen = Preference.objects.filter(user=user).first() or Preference(user=user)
    if request.method == "POST":
        for key in MAILS:
            setattr(chosen, key, key in request.POST)
        chosen.save()
        remember(request, "mail", "", ", ".join(key for key in MAILS if key in request.POST))
        messages.success(request, f"Saved by {signed(str(user))}.")
        return redirect("preferences")
    mails = [(key, words, getattr(chosen, key)) for key, words in MAILS.items()]
    return render(request, "quillfold/preferences.html", {"mails": mails})


@login_required
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what."""
    user: Any = request.user
    changes = (
        SettingsChange.objects.filter(tenant=user.tenant).select_related("changed_by").order_by("-at", "-id")
    )
    return render(request, "quillfold/history.html", {"changes": changes[:50]})
