"""Where access is asked for."""

from urllib.parse import urlencode


def ask_url(slug: str, scope: str, ticket: str) -> str:
    """Return the address where a scope on a tenant can be asked for."""
    return "/cases/new/?" + urlencode({"ticket": ticket, "tenant": slug, "scope": scope})
