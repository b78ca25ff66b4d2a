"""Imports: a list whose rows keep themselves fresh, and another try."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from demo.product.quillfold.models import Import
from demo.product.quillfold.people import remember
from impersonation.product.context import signed


@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """The latest imports."""
    user: Any = request.user
    found = Import.objects.filter(tenant=user.tenant).order_by("-started_at", "-id")[:20]
    return render(request, "quillfold/imports.html", {"imports": found})


@login_required
@require_GET
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """One row of the list: a part of a page, asked for by htmx every few seconds."""
    return render(request, "quillfold/_import.html", {"import": _of(request, number)})


@login_required
@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Tries again."""
    return _try_again(request, number)


@login_required
def retry_now(request: HttpRequest, number: int) -> HttpResponse:
    """The link of an old mail: a GET that changes something, as products have them."""
    return _try_again(request, number)


def _try_again(request: HttpRequest, number: int) -> HttpResponse:
    found = _of(request, number)
    Import.objects.filter(pk=found.pk).update(
        status="queued", error_row=None, error_text=None, rows_done=0, updated_at=timezone.now()
    )
    remember(request, f"import {found.pk}", found.status, "queued")
    messages.success(request, f"Waiting again, asked for by {signed(str(request.user))}.")
    return redirect("imports")


def _of(request: HttpRequest, number: int) -> Import:
    user: Any = request.user
    return get_object_or_404(Import, pk=number, tenant=user.tenant)
