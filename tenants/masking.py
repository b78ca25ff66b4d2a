"""The one place where a value becomes something that may be seen: by its column's kind, then by what it is.

Everything that leaves a source passes `veil` before it reaches a page, JSON, an export, a log, a cache or an error.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from opsconsole.lib.detectors import scrub
from tenants.language.shapes import Kind

SET, NOT_SET = "set", "not set"
DOTS = "•••"

_BLANKED = re.compile(r"•••• \d{4}|\[[a-z ]+ hidden\]")
_EMAIL = re.compile(
    r"(?<![^\s@<>,;:\"'])([^\s@<>,;:\"']+)@([A-Za-z0-9\u0080-\uffff-]+(?:\.[A-Za-z0-9\u0080-\uffff-]+)+)"
)
_PHONE = re.compile(r"^\s*(?:tel:)?(\+|00)?[0-9][0-9\s().\-/\u00a0]{5,24}$")
_IPV4 = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}(/\d{1,2})?$")
_IPV6 = re.compile(r"^[0-9a-fA-F:]{3,39}(/\d{1,3})?$")
_PHONE_INSIDE = re.compile(r"(?<![\w+])(?:\+|00)\d(?:[ ().\-/\u00a0]{0,2}\d){6,14}(?!\w)")
_IPV4_INSIDE = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)")
_COUNTRY = re.compile(r"^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})")


class Veiled(NamedTuple):
    """A text fit to be seen, and whether something of it was taken away."""

    text: str
    masked: bool


def veil(text: str | None, kind: Kind, mask: str = "auto") -> Veiled | None:
    """The text as it may be seen under a kind; None stays None, except for secrets, which say whether they are set."""
    if kind == "secret":
        return Veiled(SET if text else NOT_SET, True)
    if text is None:
        return None
    clean = scrub(text)
    if kind == "public":
        return Veiled(clean, clean is not text and clean != text)
    if ("•" in clean or "[" in clean) and _BLANKED.fullmatch(clean.strip()):
        return Veiled(clean.strip(), True)
    return Veiled(scrub(partial(clean, mask)), bool(text))


def partial(text: str, mask: str = "auto") -> str:
    """A personal value with enough left to compare it by, and no more."""
    text = text.strip()
    if not text:
        return ""
    return _MASKS[_shape(text) if mask == "auto" else mask](text)


def _shape(text: str) -> str:
    if "@" in text and _EMAIL.search(text):
        return "email"
    if _IPV4.match(text) or (text.count(":") >= 2 and _IPV6.match(text)):
        return "ip"
    return "phone" if _PHONE.match(text) else "name"


def _email(text: str) -> str:
    """`j***@acme.example`; a name around the address is masked as a name."""
    found = _EMAIL.search(text)
    if not found:
        return _name(text)
    address = f"{found.group(1)[0]}***@{found.group(2)}"
    before = text[: found.start()].strip(" <\"'(")
    return f"{_name(before)} <{address}>" if before else address


def _phone(text: str) -> str:
    """`+49 ••• ••21`: the country where it is written, and the last two digits."""
    digits = re.sub(r"\D", "", text)
    plus = text.strip().removeprefix("tel:").startswith(("+", "00"))
    digits_after = digits.removeprefix("00") if text.strip().startswith("00") else digits
    country = _COUNTRY.match(digits_after) if plus else None
    lead = f"+{country.group()} " if country else ""
    return f"{lead}••• ••{digits[-2:] if len(digits) > 6 else ''}"


def _name(text: str) -> str:
    """`J••• D•••`: the first letter of each of the first three words."""
    words = text.split()
    shown = " ".join(f"{w[0]}{DOTS}" if len(w) > 1 or len(words) > 1 else DOTS for w in words[:3])
    return f"{shown} …" if len(words) > 3 else shown


def _ip(text: str) -> str:
    if ":" in text:
        return ":".join([*[g for g in text.split(":") if g][:2], DOTS])
    return ".".join([*text.split("/", maxsplit=1)[0].split(".")[:2], DOTS, DOTS])


def _last4(text: str) -> str:
    kept = re.sub(r"\W", "", text)
    return f"•••• {kept[-4:]}" if len(kept) >= 8 else "••••"


def _inside(text: str) -> str:
    """A sentence with its addresses and telephone numbers masked where they stand; all other words stay."""
    text = _EMAIL.sub(lambda found: _email(found.group()), text)
    text = _PHONE_INSIDE.sub(lambda found: _phone(found.group()), text)
    return _IPV4_INSIDE.sub(lambda found: _ip(found.group()), text)


def _all(_: str) -> str:
    return DOTS


_MASKS: dict[str, Callable[[str], str]] = {
    "email": _email,
    "phone": _phone,
    "name": _name,
    "ip": _ip,
    "last4": _last4,
    "inside": _inside,
    "all": _all,
}
