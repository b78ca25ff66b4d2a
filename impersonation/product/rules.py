"""What a session may do where: pure rules over a method, a path and the session's scopes."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .conf import setting

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEYS = {"paths", "area", "read", "write", "action", "sensitive", "side_effect", "passive"}

# Blocked in every session, whatever its scopes. A route is open only where the product names it as an `action` and the grant holds that.
ALWAYS_BLOCKED: Mapping[str, str] = {
    "credentials": r"passw(or)?d|passkeys?|webauthn|api-?keys?|tokens?|secrets?|credentials?|ssh-?keys?|sign-?up|register"
    r"|oauth2?|openid|oidc|authori[sz]e|change-email|email-change",
    "second factors": r"mfa|2fa|two-?factor|totp|otp|recovery(-codes)?|backup-codes",
    "billing": r"billing|payments?|payment-methods?|cards?|checkout|subscriptions?|plans?|refunds?",
    "exports": r"exports?|downloads?|backups?|takeout",
    "administration": r"admin|staff|superuser",
    "ownership": r"owner(ship)?|transfer|delete-account|close-account|sso|saml",
    "sessions": r"sessions?|devices|sign-?in|sign-?out|log-?in|log-?out|impersonat\w*|hijack|masquerade|login-?as|switch-?user|sudo",
}


class RouteProblem(Exception):
    """A route in the settings that cannot be read."""


@dataclass(frozen=True)
class Route:
    """One line of SUPPORT_SESSION["ROUTES"]: the first whose pattern matches the path counts."""

    paths: re.Pattern[str]
    area: str = ""
    read: str = ""
    write: str = ""
    action: str = ""
    sensitive: bool = False
    side_effect: bool = False
    passive: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused, and the scope that would have been needed."""

    rule: str
    sentence: str
    scope: str = ""


FILES = (
    "text/csv",
    "text/tab-separated-values",
    "application/csv",
    "application/zip",
    "application/gzip",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats",
    "application/vnd.oasis",
    "application/x-ndjson",
    "application/sql",
)
EXPORT = Refusal("always blocked: exports", "Files do not leave the product through a support session.")
NOWHERE = Route(re.compile(""))


def routes() -> tuple[Route, ...]:
    """The product's routes. Raises RouteProblem."""
    return _routes(tuple(tuple(sorted(line.items())) for line in setting("ROUTES")))


def route_of(path: str) -> Route | None:
    """The first route that matches, or None."""
    return next((route for route in routes() if route.paths.search(path)), None)


def judge_answer(path: str, content_type: str, disposition: str) -> Refusal | None:
    """A refusal for a file from a page that is no action of its own: an export by a query has no path to tell it by."""
    is_file = disposition.lower().startswith("attachment") or content_type.lower().startswith(FILES)
    route = route_of(path)
    return EXPORT if is_file and not (route and route.action) else None


def judge(
    method: str, path: str, *, mode: str, scopes: Collection[str], deny: Sequence[str] = ()
) -> Refusal | None:
    """None where a session of this mode and these scopes may do this."""
    listed = route_of(path)
    route = listed or NOWHERE
    writes = method not in SAFE or route.side_effect
    if route.action:
        return None if route.action in scopes else _missing(route.action, "This is an action of its own.")
    blocked = _blocked(path)
    if blocked:
        sentence = f"Pages about {blocked} are closed to every support session."
        return Refusal(f"always blocked: {blocked}", sentence, route.write if writes else route.read)
    if {route.area, route.write if writes else route.read} & set(deny) - {""}:
        return Refusal(
            "left out of this access", f"This access leaves out {route.area or route.read}.", route.read
        )
    if listed is None and setting("UNLISTED") == "refuse":
        return Refusal("not listed", "This page is not open to support sessions.")
    if writes:
        return _judge_write(route, mode, scopes)
    return (
        _missing(route.read, "This page needs more than was approved.")
        if not _holds(route.read, scopes)
        else None
    )


def _judge_write(route: Route, mode: str, scopes: Collection[str]) -> Refusal | None:
    if mode != "act":
        sentence = "This support session may look and change nothing."
        return Refusal("read only", sentence, route.write)
    if not route.write:
        return Refusal("no scope for this change", "No approval covers this change in the product.")
    if route.write not in scopes:
        return _missing(route.write, "No approval covers this change.")
    return None


def _holds(scope: str, scopes: Collection[str]) -> bool:
    return not scope or scope in scopes


def _missing(scope: str, sentence: str) -> Refusal:
    return Refusal("scope missing", sentence, scope)


def _blocked(path: str) -> str:
    lowered = path.lower()
    return next((kind for kind, pattern in _patterns().items() if pattern.search(lowered)), "")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """Whole words of a path, however they are joined; a password also in the middle of one."""
    joined = {kind: re.sub("-[?]?", "[-_]?", words) for kind, words in ALWAYS_BLOCKED.items()}
    return {
        kind: re.compile(f"(?:^|[/._-])(?:{words})(?:$|[/._-])" + ("|passw" if kind == "credentials" else ""))
        for kind, words in joined.items()
    }


@lru_cache(maxsize=8)
def _routes(lines: tuple[tuple[tuple[str, Any], ...], ...]) -> tuple[Route, ...]:
    return tuple(_route(dict(line)) for line in lines)


def _route(line: dict[str, Any]) -> Route:
    unknown = set(line) - KEYS
    if unknown or "paths" not in line:
        raise RouteProblem(f"{line}: unknown {sorted(unknown)}" if unknown else f"{line}: `paths` is missing")
    try:
        return Route(**{**line, "paths": re.compile(line["paths"])})
    except re.error as error:
        raise RouteProblem(f"{line['paths']!r} is no pattern: {error}") from error
