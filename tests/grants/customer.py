"""What somebody at the customer does with their link, through HTTP."""

from typing import Any

from django.test import Client

CONTACT = "owner@customer.example"


def must_agree(tenant: Any, people: Any, mode: str = "must_approve") -> None:
    """Set how a customer takes part, as the administrator does."""
    from grants.consent.actions.modes import set_mode
    from tenants.models import Tenant

    Tenant.objects.filter(pk=tenant.pk).update(consent_contact=CONTACT)
    set_mode(actor=people("admin"), tenant=tenant, mode=mode, reason="Their contract says so since May.")


def path_of(request: Any) -> str:
    """Return the path of the newest link of a request: what the mail carries."""
    from grants.consent.tokens import token_of
    from grants.models import CustomerLink

    return f"/c/{token_of(CustomerLink.objects.filter(request=request).order_by('-made_at')[0].pk)}/"


def answer(path: str, decision: str, comment: str = "", client: Client | None = None, **fields: str) -> Any:
    """Send an answer, as the form on the page does."""
    return (client or Client()).post(path, {"decision": decision, "comment": comment} | fields)
