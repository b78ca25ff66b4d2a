"""The administrator's pages: how each customer takes part, and the links that were made for them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.doors import needs
from accounts.http import StaffRequest
from grants.consent.actions.linking import make_ledger_link, revoke_link
from grants.consent.actions.modes import set_mode
from grants.consent.forms import LedgerForm, ModeForm, mode_choices
from grants.consent.rules import consent_rules_in_force
from grants.consent.standing import own_mode
from grants.consent.tokens import address_of
from grants.models import ConsentMode, CustomerLink, Mode
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid
from tenants.masking import partial
from tenants.models import Tenant

FOUND = 20  # tenants of one search
LINKS = 20  # links of one tenant


@require_GET
@needs("manage_people")
def customers(request: StaffRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    context = {
        "q": asked,
        "found": _named(asked) if asked else [],
        "set": [row for row in _newest() if row.mode],
        "rules": _rules(),
    }
    return render(request, "consent/customers.html", context)


@require_GET
@needs("manage_people")
def customer(request: StaffRequest, slug: str) -> HttpResponse:
    return _page(request, _tenant(slug))


@require_POST
@needs("manage_people")
def mode(request: StaffRequest, slug: str) -> HttpResponse:
    tenant, form = _tenant(slug), ModeForm(request.POST, auto_id="mode_%s")
    if form.is_valid():
        try:
            set_mode(actor=request.user, tenant=tenant, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, "It counts for what is asked from now on.")
            return redirect("consent:customer", tenant.slug)
    return _page(request, tenant, mode_form=form, status=422)


@require_POST
@needs("manage_people")
def ledger_link(request: StaffRequest, slug: str) -> HttpResponse:
    tenant, form = _tenant(slug), LedgerForm(request.POST, auto_id="ledger_%s")
    if form.is_valid():
        try:
            made = make_ledger_link(actor=request.user, tenant=tenant, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            return _page(request, tenant, made=address_of(made.link.pk))
    return _page(request, tenant, ledger_form=form, status=422)


@require_POST
@needs("manage_people")
def end_link(request: StaffRequest, slug: str, link_id: UUID) -> HttpResponse:
    link = get_object_or_404(CustomerLink, pk=link_id, tenant=_tenant(slug))
    revoke_link(actor=request.user, link_id=link.pk)
    messages.success(request, "The link opens nothing any more.")
    return redirect("consent:customer", link.tenant.slug)


def _page(
    request: StaffRequest,
    tenant: Tenant,
    *,
    mode_form: ModeForm | None = None,
    ledger_form: LedgerForm | None = None,
    made: str = "",
    status: int = 200,
) -> HttpResponse:
    own = own_mode(tenant)
    form = mode_form or ModeForm(initial={"mode": own.mode if own else ""}, auto_id="mode_%s")
    context: dict[str, Any] = {
        "tenant": tenant,
        "own": own,
        "history": ConsentMode.objects.filter(tenant=tenant).select_related("set_by")[:LINKS],
        "contact": partial(tenant.consent_contact),
        "mode_form": form,
        "modes": mode_choices(form["mode"].value()),
        "ledger_form": ledger_form or LedgerForm(auto_id="ledger_%s"),
        "links": _links(tenant),
        "made": made,
    }
    return render(request, "consent/customer.html", context, status=status)


def _links(tenant: Tenant) -> list[dict[str, Any]]:
    now = database_now()
    rows = CustomerLink.objects.filter(tenant=tenant).select_related("request__case", "made_by", "mail")
    return [
        {
            "link": link,
            "mail": getattr(link, "mail", None),
            "is_over": bool(link.revoked_at) or link.expires_at <= now,
            "address": address_of(link.pk) if settings.DEMO and link.kind == "consent" else "",
        }
        for link in rows[:LINKS]
    ]


def _tenant(slug: str) -> Tenant:
    tenant = Tenant.objects.present().filter(slug=slug).first() if "\x00" not in slug else None
    if tenant is None:
        raise Http404("There is no such tenant.")
    return tenant


def _named(text: str) -> list[Tenant]:
    low = text.replace("\x00", "").lower()
    named = Q(slug__startswith=low) | Q(name_key__startswith=low)
    return list(Tenant.objects.present().filter(named).order_by("name_key", "slug")[:FOUND])


def _newest() -> "QuerySet[ConsentMode]":
    newest = ConsentMode.objects.order_by("tenant_id", "-id").distinct("tenant_id").values("pk")
    return (
        ConsentMode.objects.filter(pk__in=newest)
        .select_related("tenant", "set_by")
        .order_by("tenant__name_key")
    )


def _rules() -> dict[str, Any]:
    rules = consent_rules_in_force()
    return {
        "usual": Mode(rules.mode).label,
        "others": [
            (name.replace("_", " "), Mode(value).label)
            for name, value in [*rules.environment.items(), *rules.consequence.items()]
        ],
        "minutes": rules.silent_minutes,
        "goes_on": rules.when_silent == "go_on",
    }
