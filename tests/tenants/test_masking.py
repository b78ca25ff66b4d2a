import json
import uuid
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.lib.detectors import luhn, scrub
from tenants.formats import cell
from tenants.language.shapes import Column, Glossary
from tenants.masking import veil

WORDS = Glossary({})
SECRETS = [
    "4242424242424242",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "378282246310005",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
    "AKIAIOSFODNN7EXAMPLE",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "glpat-zzzzYYYYxxxxWWWWvvvv",
    "xoxb-123456789012-abcdefABCDEF",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "$2b$12$EixZaKVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub",
    "pbkdf2_sha256$600000$salt1234$4fQXyz0123456789abcdefghijkl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "SCRAM-SHA-256$4096:c2FsdA==$abcdefghijklmnop:qrstuvwxyz",
]


def test_no_digest_is_taken_for_a_card_and_no_card_hides_beside_one():
    """One of two thousand SHA-256 has a card's digits in it; it would stop an approval, which sends the request's digest back."""
    digests = [sha256(str(n).encode()).hexdigest() for n in range(9000)]
    assert [digest for digest in digests if scrub(digest) != digest] == []
    for beside in (digests[0], digests[338].upper(), "12345678-1234-4123-8123-123456789012"):
        for text in (
            f"4242424242424242 {beside}",
            f"{beside} 4242424242424242",
            f"{beside}, 4242424242424242",
        ):
            assert "4242424242424242" not in scrub(text)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_never_passes_whatever_stands_around_it(secret):
    core = secret.split("\n")[1] if "\n" in secret else secret
    for text in (
        secret,
        f"see {secret} please",
        f'{{"note": "{secret}"}}',
        f"({secret})",
        f"a,{secret};b",
        f"x={secret}",
    ):
        assert core not in scrub(text)


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("postgres://app:hunter2@db/x", "postgres://app:[password hidden]@db/x", "hunter2"),
        ("postgres://app:p@ss@db/x", "@db/x", "p@ss"),
        ("Authorization: Bearer abc123def456ghi7", "Bearer", "abc123"),
        ("https://a.example/cb?code=4f2a9c&x=1", "&x=1", "4f2a9c"),
        ("https://a.example/reset/9f8e7d6c5b4a3210?x=1", "https://a.example/reset/", "9f8e7d6c"),
        ("Your password: hunter22", "Your password: ", "hunter22"),
        ('{"api_key":"zzzz12345"}', '{"api_key":"', "zzzz12345"),
        ("https://hooks.chat.example/services/T01/B02/abcDEF123456", "hooks.chat.example", "abcDEF123456"),
    ],
)
def test_the_harmless_part_stays(text, kept, gone):
    assert kept in scrub(text)
    assert gone not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "INV-2026-004411",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "2026-11-21T09:00:00Z",
        "order 1234567890123456",
        "+49 170 1234521",
        "0.4111111111111111",
        "The password was reset by the owner",
        "API key rotated",
        "a secret meeting: tomorrow at ten",
        "keyboard: german",
        "17 tokens left",
        "https://docs.example/guide?page=2",
        "1763715600123456789",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert scrub(text) == text


@given(st.text(max_size=30), st.sampled_from(SECRETS), st.text(max_size=30))
def test_no_text_around_a_secret_brings_it_through(before, secret, after):
    core = secret.split("\n")[1] if "\n" in secret else secret
    assert core not in scrub(f"{before} {secret} {after}")


@given(st.text(alphabet="0123456789", min_size=15, max_size=15))
def test_every_visa_number_is_found(digits):
    body = "4" + digits[:14]
    number = next(body + str(d) for d in range(10) if luhn(body + str(d)))
    if len(set(number)) > 1:
        assert number not in scrub(f"paid with {number}")
        assert number[-4:] in scrub(f"paid with {number}")


@given(st.uuids())
def test_an_id_is_never_taken_for_a_card(value):
    assert scrub(str(value)) == str(value)


@given(
    st.recursive(
        st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    )
)
def test_secrets_inside_json_are_blanked_however_deep(tree):
    planted = {"deep": [tree, {"card": "4242 4242 4242 4242"}]}
    column = Column("settings", "Settings", "public", format="json", origin="settings", paths=("deep",))
    for stored in (planted, json.dumps(planted), json.dumps(planted).encode()):
        shown = cell(column, {"settings": stored}, WORDS)
        assert "4242 4242 4242 4242" not in (shown.value or "")


@given(
    st.one_of(
        st.none(),
        st.text(),
        st.binary(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.uuids(),
        st.lists(st.text()),
    )
)
def test_a_secret_column_tells_only_whether_it_is_set(value):
    column = Column("token", "Token", "secret", origin="token")
    assert cell(column, {"token": value}, WORDS).value in ("set", "not set")


@given(st.text(min_size=4))
def test_a_personal_value_is_never_shown_whole(text):
    shown = veil(text, "personal")
    assert shown is not None
    assert not text.strip() or shown.text != text.strip()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("jane@acme.example", "j***@acme.example"),
        ("4242 4242 4242 4242", "•••• 4242"),
        ("+49 170 1234521", "+49 ••• ••21"),
        ("Owner of Northwind Paper", "O••• o••• N••• …"),
        ("203.0.113.9", "203.0.•••.•••"),
        (
            "Owner of Northwind <billing@northwind-paper.example>",
            "O••• o••• N••• <b***@northwind-paper.example>",
        ),
        ("x", "•••"),
        ("", ""),
    ],
)
def test_a_mask_leaves_what_helps(text, seen):
    assert veil(text, "personal").text == seen


def test_an_empty_secret_is_not_set():
    assert veil("", "secret").text == "not set"
    assert veil(None, "secret").text == "not set"
    assert veil(str(uuid.uuid4()), "secret").text == "set"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("550 5.1.1 <kari@nk.example> user unknown", "550 5.1.1 <k***@nk.example> user unknown"),
        (
            "Call +47 22 33 44 55; order 00123456 of 2026-11-21",
            "Call +47 ••• ••55; order 00123456 of 2026-11-21",
        ),
        ("203.0.113.9 was blocked by 1.2.3", "203.0.•••.••• was blocked by 1.2.3"),
        ("Bearer abcdefghijklmnop1234567890 of x@y.example", "Bearer [token hidden] of x***@y.example"),
    ],
)
def test_the_addresses_inside_a_sentence_are_masked_and_its_words_stay(text, seen):
    assert veil(text, "personal", "inside").text == seen
