"""The product's API: by a token of the company, or by the browser's session."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from demo.product.quillfold.models import ApiToken, Invoice, User
from impersonation.product.sessions import has_outlived


def invoices(request: HttpRequest) -> HttpResponse:
    """The latest invoices as JSON."""
    tenant = _tenant_of(request)
    if tenant is None:
        return JsonResponse({"error": "sign in, or send a token"}, status=401)
    found = Invoice.objects.filter(tenant_id=tenant).order_by("-created_at", "-id")[:20]
    rows = [{"number": each.number, "status": each.status, "total": each.total} for each in found]
    return JsonResponse({"invoices": rows})


def _tenant_of(request: HttpRequest) -> Any:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        found = ApiToken.objects.filter(token=token, status="active").first()
        return found.tenant.pk if found and not has_outlived(found) else None
    user: Any = request.user
    return user.tenant.pk if isinstance(user, User) else None
