"""Secrets that are recognised by their value, wherever they turn up: in text, in JSON, in a column somebody called public.

Three cheap patterns decide whether a text is worth a closer look; nearly all are not. What a customer writes must not cost more time than
its length: no pattern begins at each character and runs on from there. The formats are those that the issuers
document (ISO/IEC 7812 for cards, RFC 7519 for JWT, RFC 7468 for PEM, RFC 6750 for bearer tokens, RFC 3986 for URLs).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

SHORTEST = 8  # characters; nothing shorter holds a whole secret
SHORTEST_UNMARKED = 13  # characters; nothing shorter holds one without a character of `_MARK`

_MARK = re.compile(r"[$:={]")
_RUN = re.compile(r"[A-Za-z0-9_.+/~=-]{16}")
_DIGITS = re.compile(r"[0-9](?:[ .\u00a0-]?[0-9]){12}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{32,128}|[0-9A-F]{32,128})(?![0-9A-Za-z])")

# What a text must hold, in small letters, before any detector but the card's can find something in it.
_KEYS = (
    "key", "pass", "token", "secret", "://", "$", "=", "eyj", "pwd", "bearer", "basic ", "credential",
    "-----begin", "{sha", "{ssha", "{md5", "{smd5", "{crypt", "{pbkdf2", "scram-sha", "akia", "asia",
    "agpa", "aida", "aroa", "aipa", "anpa", "anva", "abia", "acca", "aiza", "ya29.", "gocspx", "_live_",
    "_test_", "_prod_", "_sandbox_", "_pat_", "_api_", "_v", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "glpat-", "xox", "xapp-", "npm_", "pypi-", "sg.", "shpat_", "shpca_", "shppa_", "shpss_", "hvs.", "sk-",
    "whsec_", "lin_", "hf_", "re_", "sq0", "eaa", "pmak", "md5",
)  # fmt: skip
_SID = re.compile(r"(?:AC|SK)[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Detector:
    name: str
    pattern: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]


def _blank(words: str, keep: str = "") -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        kept = match.group(keep) if keep else ""
        return f"{kept}[{words} hidden]"

    return replace


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """True for a number of a length that its issuer uses and with a right check digit."""
    return bool(_ISSUERS.fullmatch(digits)) and luhn(digits) and len(set(digits)) > 1


_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14,17}|(?:5[06-8]|6[0379])\d{14}"  # UnionPay, Maestro
)
_DECIMAL = re.compile(r"[0-9]{1,3}\.[0-9]{10,}")
SHORTEST_CARD = 13  # digits
_SEPARATORS = re.compile(r"[ .\u00a0-]")


def _card(match: re.Match[str]) -> str:
    run = match.group()
    if _DECIMAL.fullmatch(run) or _in(_UUID, match, 36) or _in(_DIGEST, match, 128):
        return run
    digits = _SEPARATORS.sub("", run)
    if is_card(digits):
        return f"•••• {digits[-4:]}"
    return _card_within(run)


def _in(pattern: re.Pattern[str], match: re.Match[str], reach: int) -> bool:
    """Whether the run is part of something longer, such as a UUID, and no card stands beside it; looked for `reach` characters around."""
    start = max(0, match.start() - reach)
    for longer in pattern.finditer(match.string[start : match.end() + reach]):
        begins, ends = start + longer.start(), start + longer.end()
        if begins < match.end() and match.start() < ends:
            outside = match.string[match.start() : begins] + match.string[ends : match.end()]
            return len(_SEPARATORS.sub("", outside)) < SHORTEST_CARD
    return False


def _card_within(run: str) -> str:
    """A card inside a longer run of grouped digits, such as a number followed by its expiry year."""
    groups = re.split(r"([ .\u00a0-])", run)[:63]
    for start in range(0, len(groups), 2):
        for end in range(len(groups), start, -2):
            digits = "".join(groups[start:end:2])
            if 13 <= len(digits) <= 19 and is_card(digits):
                return f"{''.join(groups[:start])}•••• {digits[-4:]}{run[len(''.join(groups[:end])) :]}"
    return run


_PATH = re.compile(
    r"(?P<keep>(?:hooks\.[^/\s]{1,100}/(?:services|workflows|triggers)|/webhooks?|/(?:password[_-]?)?reset[a-z_-]*"
    r"|/invit[a-z]*|/verif[a-z_-]*|/confirm[a-z_-]*|/magic[a-z_-]*|/unsubscribe|/activat[a-z_-]*)/)[^?#]{12,}",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")


def _secret_path(match: re.Match[str]) -> str:
    """A URL whose path carries a secret; only one with a digit after it is no plain word."""
    url = match.group()

    def replace(found: re.Match[str]) -> str:
        kept = found.group("keep")
        return f"{kept}[secret hidden]" if _DIGIT.search(url, found.end("keep")) else found.group()

    return _PATH.sub(replace, url)


def _signed_token(match: re.Match[str]) -> str:
    """A JWT among parts joined by dots: one part with `eyJ` and six characters more, a second of six, and up to three others."""
    parts, place = match.group().split("."), 0
    told: list[str] = []
    while place < len(parts):
        part = parts[place]
        start = part.find("eyJ")
        if start >= 0 and len(part) - start >= 9 and len("".join(parts[place + 1 : place + 2])) >= 6:
            told.append(f"{part[:start]}[signed token hidden]")
            place += 5
        else:
            told.append(part)
            place += 1
    return ".".join(told)


_WORDS = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|credentials?|private[_-]?key|api[_-]?key|apikey"
    r"|access[_-]?key(?:[_-]?id)?|account[_-]?key"
)
_TOKENS = (
    r"token|client[_-]?secret|secret[_-]?(?:access[_-]?)?key"
    r"|shared[_-]?access[_-]?(?:key|signature)|auth(?:orization)?[_-]?key"
)
_IN_URL = (
    r"code|auth|sig|signature|x-amz-(?:signature|credential|security-token)|key|hash|otp|session(?:id)?|sid|jwt"
    r"|invite|assertion|state|nonce"
)

DETECTORS = (
    Detector(
        "private key",
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)",
            re.DOTALL,
        ),
        _blank("private key"),
    ),
    Detector(
        "token",
        re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{9,}(?:\.[A-Za-z0-9_-]*)+"),
        _signed_token,
    ),
    Detector(
        "password hash",
        re.compile(
            r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{20,}"
            r"|\$argon2(?:id|i|d)\$[^\s\"']{16,}|argon2\$argon2[^\s\"']{16,}|bcrypt(?:_sha256)?\$[^\s\"']{16,}"
            r"|\$(?:1|5|6|7|y|gy|md5|sha1|scrypt|s0|pbkdf2[a-z0-9-]*|bcrypt[a-z0-9-]*|apr1|P|H|S)\$[^\s\"']{12,}"
            r"|\b(?:pbkdf2_sha(?:1|256|512)|scrypt|sha(?:1|256|512)|md5|crypt)\$[^\s\"']{16,}"
            r"|\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2[^}]{0,40})\}[A-Za-z0-9+/=.$]{16,}"
            r"|SCRAM-SHA-(?:1|256)\$[^\s\"']{16,}|(?<![A-Za-z0-9])md5[0-9a-f]{32}(?![0-9a-f])"
        ),
        _blank("password hash"),
    ),
    Detector(
        "connection string",
        re.compile(r"(?<=[A-Za-z0-9+.-])(?P<keep>://[^\s:@/?#]*:)[^\s/]+(?=@)"),
        _blank("password", "keep"),
    ),
    Detector(
        "api key",
        re.compile(
            r"(?<![A-Za-z0-9])(?:"
            r"(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}"
            r"|AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,}|GOCSPX-[0-9A-Za-z_-]{20,}"
            r"|(?:sk|rk|pk|ak|tok|key|api|secret|access|live|test|prod|acct|org|usr)_(?:live|test|prod|sandbox|pat|api|v[0-9])_[0-9A-Za-z_-]{8,}"
            r"|whsec_[0-9A-Za-z+/=_-]{16,}|gh[opsur]_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,}|glpat-[0-9A-Za-z_-]{16,}"
            r"|xox[a-z]-[0-9A-Za-z-]{11,}|xapp-[0-9A-Za-z-]{11,}|npm_[0-9A-Za-z]{30,}|pypi-[0-9A-Za-z_-]{30,}"
            r"|SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{20,}|hvs\.[0-9A-Za-z_-]{20,}"
            r"|sk-[0-9A-Za-z_-]{20,}|dckr_pat_[0-9A-Za-z_-]{16,}|lin_(?:api|oauth)_[0-9A-Za-z]{16,}|do[opr]_v1_[0-9a-f]{40,}"
            r"|(?:AC|SK)[0-9a-f]{32}|hf_[0-9A-Za-z]{30,}|re_[0-9A-Za-z]{8}_[0-9A-Za-z]{16,}|sq0[a-z]{3}-[0-9A-Za-z_-]{20,}"
            r"|EAA[0-9A-Za-z]{40,}|PMAK-[0-9a-f-]{40,}"
            r")(?![A-Za-z0-9])"
        ),
        _blank("key"),
    ),
    Detector(
        "bearer token",
        re.compile(
            r"(?P<keep>\b(?:bearer|basic|token)\s+)(?=[A-Za-z0-9._~+/=-]*[0-9])(?=[A-Za-z0-9._~+/=-]*[A-Za-z])[A-Za-z0-9._~+/=-]{12,}",
            re.IGNORECASE,
        ),
        _blank("token", "keep"),
    ),
    Detector(
        "secret in a URL",
        re.compile(
            rf"(?P<keep>[?&#;](?:[a-z]+[._-]){{0,3}}(?:{_WORDS}|{_TOKENS}|{_IN_URL})=)(?!\[)[^&\s#\"'<>]{{4,}}",
            re.IGNORECASE,
        ),
        _blank("secret", "keep"),
    ),
    Detector(
        "secret in a path",
        re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE),
        _secret_path,
    ),
    Detector(
        "named secret",
        re.compile(
            rf"(?P<keep>(?<![A-Za-z])(?:{_WORDS}|{_TOKENS})[\"']?\s*(?:=>|[:=])\s*[\"']?)"
            r"(?!\[|set\b|not set\b|null\b|none\b|true\b|false\b)[^\s\"',;&<>]{4,}",
            re.IGNORECASE,
        ),
        _blank("secret", "keep"),
    ),
    Detector(
        "card number",
        re.compile(r"(?<![0-9])(?<![0-9][.,])[0-9](?:[ .\u00a0-]?[0-9]){12,}(?![0-9])"),
        _card,
    ),
)


def scrub(text: str) -> str:
    """The text with every recognised secret blanked; the same object when there was none."""
    length = len(text)
    if length < SHORTEST or (length < SHORTEST_UNMARKED and not _MARK.search(text)):
        return text
    if not (_worth_a_look(text) and _suspicious(text)):
        return text
    for detector in DETECTORS:
        text = detector.pattern.sub(detector.replace, text)
    return text


def _worth_a_look(text: str) -> bool:
    if _MARK.search(text) or _RUN.search(text) or _DIGITS.search(text):
        return True
    low = text.lower()
    return "bearer " in low or "token " in low or "basic " in low


def _suspicious(text: str) -> bool:
    if len(text) == 36 and _UUID.fullmatch(text):
        return False
    low = text.lower()
    for key in _KEYS:  # a plain loop: a generator costs as much again as the test
        if key in low:
            return True
    return bool(_DIGITS.search(text)) or (len(text) >= 34 and bool(_SID.search(text)))
