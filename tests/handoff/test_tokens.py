"""Every claim of a session's token, tampered with; pure, by the clock that is handed in."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from impersonation.product import keys, tokens

NOW = 1_800_000_000.0
CONSOLE, PRODUCT, NONCE = "https://console.example", "quillfold", "n" * 43
ID = "0b7d6f7e-5a34-4a0e-9a9b-3f5d8d1f2c11"
EXPECTED = tokens.Expected(tokens.SESSION, CONSOLE, PRODUCT, NOW)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[keys.Key]:
    return keys.make_keys(tmp_path_factory.mktemp("console-keys"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> keys.Key:
    return keys.make_keys(tmp_path_factory.mktemp("other-keys"))[0]


def good() -> dict[str, Any]:
    """Claims that hold."""
    return {
        **tokens.frame(CONSOLE, PRODUCT, NOW),
        "nonce": NONCE,
        "sub": "customer-7",
        "act": {"sub": "agent-1", "name": "Support agent"},
        "org": "tenant-3",
        "sid": ID,
        "mode": "view",
        "scope": "session.view settings.read",
        "deny": ["session.act"],
        "grant_id": ID,
        "ticket": "HD-48192",
        "session_exp": int(NOW) + 900,
        "approver": "Support lead",
        "may": ["See the product"],
    }


def public(pair: list[keys.Key]) -> tokens.Keys:
    return tokens.public_keys({"keys": [key.public for key in pair]})


def judged(token: str, known: tokens.Keys, expected: tokens.Expected = EXPECTED, nonce: str = NONCE) -> str:
    """Return the code of the refusal, empty for a token that is believed."""
    try:
        tokens.opened_session(token, known, expected, nonce)
    except tokens.BadToken as error:
        return error.code
    return ""


def test_a_good_token_is_believed(pair: list[keys.Key]) -> None:
    for key in pair:  # both live keys, so that a rotation is never noticed
        assert judged(tokens.signed(key, tokens.SESSION, good()), public(pair)) == ""


NOT = object()
CLAIMS = [
    ("iss", "https://console.example.evil", "iss"),
    ("iss", CONSOLE + "/", "iss"),
    ("iss", NOT, "iss"),
    ("aud", "another-product", "aud"),
    ("aud", [PRODUCT, "another-product"], "aud"),
    ("aud", NOT, "aud"),
    ("iat", NOW + 31, "iat"),
    ("iat", str(int(NOW)), "iat"),
    ("iat", True, "iat"),
    ("iat", NOT, "iat"),
    ("exp", NOW - 31, "exp"),
    ("exp", NOW + 121, "exp"),
    ("exp", NOT, "exp"),
    ("exp", float("inf"), "exp"),
    ("nbf", NOW + 31, "nbf"),
    ("nbf", "now", "nbf"),
    ("jti", NOT, "jti"),
    ("jti", "short", "jti"),
    ("nonce", "m" * 43, "nonce"),
    ("nonce", NOT, "nonce"),
    ("sub", NOT, "sub"),
    ("sub", "", "sub"),
    ("sub", ["customer-7"], "sub"),
    ("sub", "agent-1", "act"),
    ("act", NOT, "act"),
    ("act", "agent-1", "act"),
    ("act", {}, "act"),
    ("act", {"sub": "agent-1", "act": {"sub": "agent-2"}}, "act"),
    ("act", {"sub": ""}, "act"),
    ("org", NOT, "org"),
    ("org", "", "org"),
    ("sid", "1", "sid"),
    ("sid", ID.upper() if ID.upper() != ID else "x", "sid"),
    ("sid", NOT, "sid"),
    ("mode", "console", "mode"),
    ("mode", "admin", "mode"),
    ("mode", NOT, "mode"),
    ("scope", NOT, "scope"),
    ("scope", ["session.act"], "scope"),
    ("scope", "", "scope"),
    ("scope", "session.view session.act", "deny"),
    ("deny", NOT, "deny"),
    ("deny", "session.act", "deny"),
    ("deny", [1], "deny"),
    ("grant_id", "g", "grant_id"),
    ("grant_id", NOT, "grant_id"),
    ("ticket", NOT, "ticket"),
    ("ticket", "", "ticket"),
    ("ticket", "HD-1\n", "ticket"),
    ("session_exp", NOW - 31, "session_exp"),
    ("session_exp", NOW + 13 * 3600, "session_exp"),
    ("session_exp", str(int(NOW) + 900), "session_exp"),
    ("session_exp", NOT, "session_exp"),
    ("approver", NOT, "approver"),
    ("may", "everything", "may"),
    ("may", NOT, "may"),
]


@pytest.mark.parametrize(("claim", "value", "code"), CLAIMS)
def test_a_claim_that_does_not_hold_is_named(pair: list[keys.Key], claim: str, value: Any, code: str) -> None:
    claims = good()
    if value is NOT:
        del claims[claim]
    else:
        claims[claim] = value
    assert judged(tokens.signed(pair[0], tokens.SESSION, claims), public(pair)) == code


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_header_and_signature_are_held_to(pair: list[keys.Key], stranger: keys.Key) -> None:
    known, key = public(pair), pair[0]
    token = tokens.signed(key, tokens.SESSION, good())
    head, body, signature = token.split(".")

    def with_header(**header: Any) -> str:
        return f"{part({'alg': 'ES256', 'typ': tokens.SESSION, 'kid': key.kid, **header})}.{body}.{signature}"

    wider = part({**good(), "scope": "session.act"})
    tampered = {
        f"{head}.{wider}.{signature}": "signature",
        f"{head}.{body}.{signature[:-8]}AAAAAAAA": "signature",
        f"{head}.{body}.": "signature",
        tokens.signed(stranger, tokens.SESSION, good()): "kid",
        tokens.signed(keys.Key(key.kid, stranger.private, Path()), tokens.SESSION, good()): "signature",
        tokens.signed(key, "JWT", good()): "typ",
        tokens.signed(key, tokens.NEWS, good()): "typ",
        with_header(alg="none"): "alg",
        with_header(alg="HS256"): "alg",
        with_header(jku="https://evil.example/keys"): "header",
        with_header(jwk=stranger.public): "header",
        with_header(crit=["exp"], exp=1): "header",
        with_header(): "signature" if part({"alg": 1}) == head else "",
        f"{head}.{body}": "form",
        f"{token}.{signature}": "form",
        "a" * 20_000: "form",
        "..": "form",
    }
    wrong = {token[:40]: (judged(token, known), code) for token, code in tampered.items()}
    assert {
        name: both for name, both in wrong.items() if both[0] != both[1] and both != ("signature", "")
    } == {}


@pytest.mark.parametrize(
    ("ahead", "code"), [(-30, ""), (30, ""), (-31, "iat"), (89, ""), (90, "exp"), (91, "exp")]
)
def test_the_two_clocks_may_differ_by_half_a_minute(pair: list[keys.Key], ahead: int, code: str) -> None:
    """`ahead` is how far the reader's clock is ahead of the writer's; a token lives for a minute."""
    token = tokens.signed(pair[0], tokens.SESSION, good())
    reader = tokens.Expected(tokens.SESSION, CONSOLE, PRODUCT, NOW + ahead)
    assert judged(token, public(pair), reader) == code


def test_keys_rotate_by_kid_without_a_gap(tmp_path: Path) -> None:
    first = keys.make_keys(tmp_path / "keys")
    assert keys.make_keys(tmp_path / "keys") == first
    known_before = tokens.public_keys(keys.published(tmp_path / "keys"))
    after = keys.rotate(tmp_path / "keys")
    assert after[0].kid == first[1].kid  # what was published ahead signs now
    assert judged(tokens.signed(after[0], tokens.SESSION, good()), known_before) == ""
    assert (
        judged(
            tokens.signed(first[0], tokens.SESSION, good()),
            tokens.public_keys(keys.published(tmp_path / "keys")),
        )
        == "kid"
    )
    assert len(keys.live_keys(tmp_path / "keys")) == 2
    assert all("d" not in key for key in keys.published(tmp_path / "keys")["keys"])
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
