from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.formats import cell
from tenants.language.shapes import FORMATS, Column, Condition, Glossary, KindRule, Word
from tenants.language.shapes import Test as ColumnTest

GLOSSARY = Glossary(
    {"status": {"past_due": Word("A payment failed", "bad")}, "invoice": {"E": Word("Sent", "good")}}
)


def shown(value, shape="text", **settings):
    row = settings.pop("row", {}) | {"x": value}
    column = Column("x", "X", settings.pop("kind", "public"), format=shape, origin="x", **settings)
    return cell(column, row, GLOSSARY)


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (1999, {"currency_is": "EUR"}, "19.99 EUR"),
        (1999, {"currency_is": "JPY"}, "1,999 JPY"),
        (1999, {"currency_is": "KWD"}, "1.999 KWD"),
        (Decimal("19.9"), {"currency_is": "USD", "unit": "major"}, "19.90 USD"),
        (-1999, {"currency": "c", "row": {"c": "eur"}}, "-19.99 EUR"),
        (1999, {"currency": "c", "row": {"c": None}}, "19.99 (no currency)"),
        ("1999", {"currency_is": "EUR", "minor_units": 2}, "19.99 EUR"),
    ],
)
def test_money_has_its_currency_and_its_decimals(value, settings, text):
    assert shown(value, "money", **settings).value == text


@pytest.mark.parametrize(
    ("value", "settings", "at"),
    [
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), {}, "2026-11-21T09:00:00Z"),
        (datetime.fromisoformat("2026-11-21 09:00"), {}, "2026-11-21T09:00:00Z"),
        (datetime.fromisoformat("2026-07-01 09:00"), {"zone": "Europe/Berlin"}, "2026-07-01T07:00:00Z"),
        (
            datetime.fromisoformat("2026-07-01 09:00"),
            {"zone_column": "z", "row": {"z": "America/New_York"}},
            "2026-07-01T13:00:00Z",
        ),
        ("2026-11-21 09:00:00+02", {}, "2026-11-21T07:00:00Z"),
        ("21.11.2026 09:00", {"pattern": "%d.%m.%Y %H:%M"}, "2026-11-21T09:00:00Z"),
        (1763715600, {}, "2025-11-21T09:00:00Z"),
        (1763715600000, {"unit": "milliseconds"}, "2025-11-21T09:00:00Z"),
    ],
)
def test_a_time_is_utc_wherever_it_comes_from(value, settings, at):
    assert shown(value, "time", **settings).at == at


def test_a_plain_date_stays_the_day_that_the_product_wrote():
    assert shown(date(2026, 11, 21), "date", zone="Pacific/Auckland").value == "2026-11-21"
    assert shown("2026-11-21", "date").value == "2026-11-21"
    assert shown(datetime(2026, 11, 21, 22, tzinfo=UTC), "date", zone="Europe/Berlin").value == "2026-11-21"


def test_a_status_is_explained_or_shown_as_it_is():
    assert shown("past_due", "status").meaning == "A payment failed"
    assert shown("E", "status", glossary="invoice").tone == "good"
    assert shown("E", "status").meaning == "not in the glossary"
    assert shown(7, "status").value == "7"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["a", "b"], ("a", "b")),
        ("{a,b}", ("a", "b")),
        ('["a", "b"]', ("a", "b")),
        ("a, b", ("a", "b")),
        ("", ()),
        ("{}", ()),
    ],
)
def test_a_list_is_a_list_however_it_is_kept(value, words):
    assert shown(value, "list").items == words


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "Yes"), ("f", "No"), (1, "Yes"), ("N", "No"), (b"\x01", "Yes"), (b"\x00", "No"), (0, "No")],
)
def test_yes_and_no_are_read_however_they_are_written(value, text):
    assert shown(value, "yesno").value == text


def test_json_shows_chosen_paths_only():
    found = shown(
        '{"theme": "dark", "limits": {"seats": 5}, "other": 1}', "json", paths=("theme", "limits.seats")
    )
    assert found.items == ("theme: dark", "limits.seats: 5")


def test_a_row_with_malformed_json_says_so():
    assert shown('{"theme": ', "json", paths=("theme",)).meaning == "This is not valid JSON in the product."


def test_a_value_can_be_taken_from_inside_json():
    assert shown('{"card": {"brand": "visa"}}', path="card.brand").value == "visa"
    assert shown({"en": "Start", "de": "Anfang"}, translated=("de", "en")).value == "Anfang"


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (3_725, {}, "1 h 2 min"),
        (timedelta(days=2), {}, "2 d"),
        (90, {"unit": "minutes"}, "1 h 30 min"),
        (0, {}, "0 s"),
        (0.25, {}, "250 ms"),
    ],
)
def test_a_duration_is_told_in_two_units(value, settings, text):
    assert shown(value, "duration", **settings).value == text


def test_bytes_and_numbers_are_grouped():
    assert shown(1_234_567, "bytes").value == "1.2 MB"
    assert shown(1_234_567, "number").value == "1,234,567"
    assert shown(Decimal("12.50"), "number", decimals=1).value == "12.5"


def test_a_number_that_is_a_card_is_not_shown():
    assert shown(4242424242424242, "number").value == "•••• 4242"
    assert shown(4242424242424242).value == "•••• 4242"


def test_a_rule_makes_some_rows_of_a_column_secret():
    rule = KindRule((Condition("key", (ColumnTest("is", ("api_token",)),)),), "secret")
    assert shown("abc", rules=(rule,), row={"key": "api_token"}).value == "set"
    assert shown("dark", rules=(rule,), row={"key": "theme"}).value == "dark"


def test_nothing_is_nothing():
    assert shown(None).value is None
    assert shown(None, "money", currency_is="EUR").value is None


anything = st.one_of(
    st.none(), st.text(), st.binary(), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates(), st.timedeltas(),
    st.decimals(), st.lists(st.integers()), st.dictionaries(st.text(), st.text()),
)  # fmt: skip


@given(anything, st.sampled_from(FORMATS), st.sampled_from(["public", "personal", "secret"]))
def test_no_value_breaks_a_cell(value, shape, kind):
    settings = {"currency_is": "EUR", "paths": ("a",), "link": "https://help.example/{value}"}
    assert isinstance(shown(value, shape, kind=kind, **settings).as_json(), dict)
