"""What the portfolio puts on the home page: those who need somebody, the urgent first."""

from typing import Any

from django.urls import reverse

from accounts.models import Person
from opsconsole.lib.home import HomeList
from tenants.desk.portfolio import Portfolio, TenantHealth
from tenants.desk.queries import health_in_force

SHOWN = 8  # lines; the portfolio has the rest


def attention_lists(*, person: Person, powers: Any) -> list[HomeList]:
    """Return the list of tenants that need somebody, for who looks after a book and for the roles that `health.toml` names."""
    if "see" not in powers.may:
        return []
    titles = {
        "book": ("Your customers", "The portfolio"),
        "all": ("Billing and health", "All customers"),
    }
    named = health_in_force().home_roles
    if powers.reach != "book" and not (named and person.memberships.filter(role__in=named).exists()):
        return []
    title, words = titles[powers.reach]
    return [
        HomeList(
            "attention",
            title,
            "portfolio",
            url=reverse("desk:portfolio") if powers.reach == "book" else reverse("tenants:search"),
            url_words=words,
            empty_text="Asking the product who needs somebody.",
            part=reverse("desk:attention"),
        )
    ]


def needing_somebody(page: Portfolio) -> list[TenantHealth]:
    """Return the tenants with a reason to look, the urgent first."""
    return [one for one in page.tenants if one.tone in ("bad", "notice")][:SHOWN]
