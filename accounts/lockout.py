"""Under which name and for which place the tries of a sign-in are counted."""

import unicodedata
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import Person


def written(name: object) -> str:
    """Return a typed sign-in name as the form would take it; what PostgreSQL cannot hold names nobody."""
    return unicodedata.normalize("NFKC", str(name or "").replace("\x00", "\ufffd").strip())


def person_of(name: str) -> Person | None:
    """Return the person of a sign-in name, whatever its case."""
    return Person.objects.filter(username__iexact=name).first()


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the sign-in name of the person who was tried, however it was written; else a digest, since people type passwords there.

    Names count whatever their case, so tries must too: each way to write a name would be five tries more.
    """
    name = written(credentials.get("username") if credentials else request and request.POST.get("username"))
    person = person_of(name)
    return person.username if person else salted_hmac("accounts.lockout", name.casefold()).hexdigest()


def address_of(request: HttpRequest) -> str:
    """Return the address that the outermost of our own proxies saw, empty where there is none; what a client wrote there counts nothing.

    Each of `OPSCONSOLE_PROXY_COUNT` proxies adds the address that it saw at the end of X-Forwarded-For (RFC 7239, 5.2 and 8.1).
    """
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count = settings.PROXY_COUNT
    told = seen[-count] if 0 < count <= len(seen) else ""
    return _address(told) or _address(str(request.META.get("REMOTE_ADDR", "")))


def place_of(request: HttpRequest) -> str | None:
    """Return for what a client's tries are counted: its address, of IPv6 the network of 64 bits in which one client has all addresses."""
    address = address_of(request)
    if ":" in address:
        return str(IPv6Network((int(IPv6Address(address)) >> 64 << 64, 64)).network_address)
    return address or None


def _address(text: str) -> str:
    """Return an address as it is compared, empty for what is none; a port and brackets around IPv6 are left out."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found).partition("%")[0]
