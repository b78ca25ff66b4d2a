"""The addresses of an API: a tenant's name stands in them as one segment and never as a way, and pages stay on their host."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from tenants.language.shapes import Paging, Question
from tenants.sources.base import Params, QueryFailed
from tenants.values import dig

_ADDRESS = re.compile(r"^(?:https?://|/|\?)", re.IGNORECASE)
_A_WAY = re.compile(r"[/\\\x00-\x1f\x7f]")  # many servers decode %2F before they look at the path


def first_address(base: str, ask: Question, params: Params, name: str) -> str:
    """The address of a question. Raises `QueryFailed` for a tenant whose name would change the path."""
    path, mark, query = ask.path.partition("?")
    for key, value in (("{tenant}", str(params.tenant)), ("{slug}", params.slug)):
        if key in path and (_A_WAY.search(value) or value in ("", ".", "..")):
            raise QueryFailed(
                f"This tenant's name cannot stand in an address, so {name} was not asked.",
                code="no_address_for_tenant",
            )
        path, query = (part.replace(key, quote(value, safe="")) for part in (path, query))
    url = f"{base}/{path.lstrip('/')}{mark}{query}"
    return with_parameter(url, ask.paging.parameter, "1") if ask.paging.counts else url


def with_parameter(url: str, name: str, value: str) -> str:
    return str(httpx.URL(url).copy_set_param(name, value))


@dataclass(frozen=True, slots=True)
class Answered:
    """One page as it came: its address and number, the whole answer, its Link header's next address, its rows."""

    url: str
    number: int
    body: Any
    link: str
    rows: Sequence[Mapping[str, Any]]


def next_address(page: Answered, paging: Paging, name: str) -> str:
    """The address of the page after one, empty after the last."""
    told = dig(page.body, paging.next) if paging.next and isinstance(page.body, Mapping) else None
    if (paging.next and not told) or (not page.rows and (paging.counts or paging.last_row)):
        return ""
    if paging.counts:
        return with_parameter(page.url, paging.parameter, str(page.number + 1))
    if paging.last_row:
        last = dig(page.rows[-1], paging.last_row)
        return with_parameter(page.url, paging.parameter, str(last)) if last not in (None, "") else ""
    return _named(page.url, str(told or page.link), paging.parameter, name)


def _named(url: str, told: str, parameter: str, name: str) -> str:
    if not told:
        return ""
    if _ADDRESS.match(told) and not parameter:
        return urljoin(url, told)
    if not parameter:
        raise QueryFailed(
            f"{name} names its next page by a cursor, and the policy has no next_parameter for it."
        )
    return with_parameter(url, parameter, told)


def same_place(url: str, base: str, hosts: frozenset[str]) -> bool:
    """Whether an address may be asked: the base's own scheme and place, or a listed host under the same scheme."""
    asked, known = urlsplit(url), urlsplit(base)
    if asked.scheme != known.scheme:
        return False
    return asked.netloc == known.netloc or (asked.hostname or "") in hosts - {known.hostname}
