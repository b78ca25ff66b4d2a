"""Invoices of the company."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from demo.product.quillfold.models import Invoice, invoices_of
from demo.product.quillfold.people import remember
from impersonation.product.context import signed


@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    """The latest ones, of one state where asked for; all of them as a file with `?csv`."""
    state = request.GET.get("status", "")
    found = invoices_of(request.user)
    found = found.filter(status=state) if state else found
    if "csv" in request.GET:
        return HttpResponse(
            "\n".join(f"{each.number},{each.total_minor}" for each in found), content_type="text/csv"
        )
    states = ("draft", "sent", "overdue", "paid")
    return render(
        request, "quillfold/invoices.html", {"invoices": found[:40], "state": state, "states": states}
    )


@login_required
def invoice(request: HttpRequest, number: int) -> HttpResponse:
    """One of them, with a dialog that asks before it is marked as paid."""
    return render(request, "quillfold/invoice.html", {"invoice": _of(request, number)})


@login_required
@require_POST
def mark_paid(request: HttpRequest, number: int) -> HttpResponse:
    """Marks one as paid."""
    user: Any = request.user
    found = _of(request, number)
    changed = Invoice.objects.filter(pk=found.pk).exclude(status="paid").update(status="paid")
    if changed:
        remember(request, f"invoice {found.number}", found.status, "paid")
        messages.success(request, f"Marked as paid by {signed(str(user))}.")
    return redirect("invoice", number=number)


@login_required
def download(request: HttpRequest, number: int) -> HttpResponse:
    """The invoice as a file."""
    found = _of(request, number)
    text = f"Invoice {found.number}\n{found.customer_name}\n{found.total}\nDue {found.due_on}\n"
    disposition = f'attachment; filename="{found.number}.txt"'
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def _of(request: HttpRequest, number: int) -> Invoice:
    return get_object_or_404(invoices_of(request.user), pk=number)
