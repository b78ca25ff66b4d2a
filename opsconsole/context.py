"""What every page knows: the navigation, the policy version, the demo's notice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.models import Person
from accounts.preferring.choices import preferences_of
from accounts.queries import powers_of, roles_in_force
from audit.policies import active_policy
from grants.queries.inbox import MOST_COUNTED, unread_count

NAVIGATION = (
    ("Home", "accounts:home", "home", "h", ()),
    ("Inbox", "grants:inbox", "inbox", "i", ()),
    ("Tenants", "tenants:search", "tenants", "t", ("see",)),
    ("Portfolio", "desk:portfolio", "portfolio", "p", ("book",)),
    ("Cases", "grants:cases", "cases", "c", ("ask", "decide", "review")),
    ("Requests", "grants:requests", "requests", "r", ("decide",)),
    ("Sessions", "impersonation:wall", "sessions", "s", ("act", "decide", "review", "manage_people")),
    ("Audit", "audit:explorer", "audit", "a", ("review",)),
    ("Reviews", "desk:reviews", "reviews", "w", ("review",)),
    ("Board", "desk:board", "board", "b", ("review", "decide")),
    ("Policy", "policy:versions", "policy", "y", ("propose_policy", "activate_policy")),
    ("People", "people:people", "people", "o", ("manage_people", "review")),
    ("Deliveries", "grants:deliveries", "out", "d", ("manage_people",)),
    ("Consent", "consent:customers", "check", "n", ("manage_people",)),
    ("Administration", "admin:index", "settings", "m", ("manage_people",)),
)


def console(request: HttpRequest) -> dict[str, Any]:
    """Return the variables of `base.html`. A page that failed before sign-in was read gets an empty navigation."""
    person = getattr(request, "user", None)
    context: dict[str, Any] = {
        "demo": settings.DEMO,
        "policy_version": active_policy().version[:12],
        "second_factor_required": roles_in_force().sign_in.second_factor,
        "nav": [],
        "search_url": "",
    }
    if isinstance(person, Person):
        chosen = preferences_of(person.preferences)
        context |= {
            "density": chosen.density,
            "theme": chosen.theme,
            "shortcuts": chosen.keys,
            "zone": chosen.zone,
        }
        context["nav"] = navigation(request, person)
        context["search_url"] = "/tenants/" if "see" in powers_of(person).may else ""
    return context


def navigation(request: HttpRequest, person: Person) -> list[dict[str, Any]]:
    """Return the pages this person may open, as `base.html` and the palette list them."""
    powers_held = powers_of(person)
    held = powers_held.may | {powers_held.reach}  # a portfolio is for those who look after a book of tenants
    items: list[dict[str, Any]] = []
    counts = {"grants:inbox": unread_count(person)}
    for title, name, icon, key, powers in NAVIGATION:
        if powers and not held & set(powers):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = request.path == "/" if url == "/" else request.path.startswith(url)
        items.append(
            {
                "title": title,
                "url": url,
                "icon": icon,
                "key": key,
                "count": _few(counts.get(name, 0)),
                "current": current,
            }
        )
    return items


def _few(count: int) -> str:
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")
