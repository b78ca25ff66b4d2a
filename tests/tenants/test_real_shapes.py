"""What real schemas hold and a first version of the language read wrongly, one case each."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tenants.actions.mirror import entry
from tenants.checking import disagreements
from tenants.conditions import holds
from tenants.formats import cell
from tenants.identity import belongs, typed
from tenants.language.shapes import (
    Check,
    CheckSide,
    Column,
    Condition,
    Directory,
    Freshness,
    Glossary,
    Panel,
    Question,
    Say,
    Section,
    Word,
)
from tenants.language.shapes import Test as ColumnTest
from tenants.pages import section_view
from tenants.reading import SectionResult
from tenants.records import records
from tenants.saying import age_of, sentences
from tenants.values import JsonText

NO_WORDS = Glossary({})
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
RAW_ID = bytes.fromhex("0e8b1d1c6a6f4a3e9d1d5a1c2b3c4d5e")


def shown(value, shape="text", **settings):
    return cell(Column("x", "X", "public", format=shape, origin="x", **settings), {"x": value}, NO_WORDS)


def result(*columns, rows, truncated=False, words=NO_WORDS, panel=None, **section):
    part = Section("s", "S", "table", (Question("product"),), columns, **section)
    found = records(part, rows, words)
    return SectionResult(
        panel or Panel("p", "P", "?", "account", "x.read"), part, tuple(found), truncated, as_of=NOW
    )


def column(key, shape="text", **settings):
    return Column(key, key, "public", format=shape, origin=key, **settings)


# ids


def test_a_uuid_of_sixteen_bytes_is_shown_as_one():
    assert shown(RAW_ID, "code").value == "0e8b1d1c-6a6f-4a3e-9d1d-5a1c2b3c4d5e"
    assert shown(RAW_ID[:15], "code").value == "15 bytes of data"


def test_the_directory_takes_a_uuid_of_sixteen_bytes():
    row = {"external_id": RAW_ID, "slug": "frost", "name": "Frost"}
    found = entry(row, Directory(Question(), "uuid"))
    assert found[0] == "0e8b1d1c-6a6f-4a3e-9d1d-5a1c2b3c4d5e"
    assert belongs(RAW_ID, typed(found[0], "uuid"))
    letters = {"external_id": b"aaaaaaaaaaaaaaaa", "slug": "ascii", "name": "A"}
    assert entry(letters, Directory(Question(), "uuid"))[0] == str(UUID(bytes=b"a" * 16))


@pytest.mark.parametrize("slug", [".", "..", "a/b", "~x"])
def test_a_slug_that_would_change_an_address_is_no_tenant(slug):
    assert entry({"external_id": "1", "slug": slug, "name": "N"}, Directory(Question(), "integer")) is None


def test_an_unsigned_id_of_64_bits_is_an_id():
    assert typed("18446744073709551615", "integer") == 2**64 - 1
    assert typed("18446744073709551616", "integer") is None


# times


@pytest.mark.parametrize("nothing", ["0000-00-00 00:00:00", "0000-00-00", "0000-00-00 00:00:00.000000"])
@pytest.mark.parametrize("shape", ["time", "date"])
def test_the_zero_date_of_mysql_is_nothing(nothing, shape):
    assert shown(nothing, shape).value is None
    (record,) = records(Section("s", "S", "table", (), (column("x", shape),)), [{"x": nothing}], NO_WORDS)
    assert holds(Condition("x", (ColumnTest("empty", True),)), record.raw)


BERLIN_NOON = datetime.fromisoformat("2026-07-01 13:50")  # 11:50 UTC in summer


@pytest.mark.parametrize(
    ("value", "settings"),
    [
        (BERLIN_NOON, {"zone": "Europe/Berlin"}),
        (BERLIN_NOON, {"zone_column": "z"}),
        ("01/07/2026 13:50", {"zone": "Europe/Berlin", "pattern": "%d/%m/%Y %H:%M"}),
        (int(datetime(2026, 7, 1, 11, 50, tzinfo=UTC).timestamp() * 1000), {"unit": "milliseconds"}),
    ],
)
def test_an_age_is_counted_from_the_time_as_its_column_says(value, settings):
    found = result(
        column("at", "time", **settings),
        rows=[{"at": value, "z": "Europe/Berlin"}],
        freshness=Freshness("at", 15),
        says=(
            Say("old", (Condition("at", (ColumnTest("older_than_minutes", 15),)),)),
            Say("new", (Condition("at", (ColumnTest("newer_than_minutes", 15),)),)),
        ),
    )
    age = age_of(found, NOW)
    assert (age.minutes, age.late) == (10, False)
    assert [s.text for s in sentences(found, NOW)] == ["new"]


def test_a_day_in_text_has_an_age_too():
    found = result(
        column("day", "date", pattern="%d.%m.%Y"),
        rows=[{"day": "30.06.2026"}],
        says=(Say("old", (Condition("day", (ColumnTest("older_than_minutes", 60),)),)),),
    )
    assert [s.text for s in sentences(found, NOW)] == ["old"]
    assert holds(Condition("day", (ColumnTest("is", ("2026-06-30",)),)), found.records[0].raw)


# money


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        (Decimal("0.0025"), {"unit": "major", "currency_is": "EUR"}, "0.0025 EUR"),
        (Decimal("446.625"), {"unit": "major", "currency_is": "JPY"}, "446.625 JPY"),
        (Decimal("19.9000"), {"unit": "major", "currency_is": "EUR"}, "19.90 EUR"),
        (Decimal("19.5"), {"currency_is": "EUR"}, "0.195 EUR"),
        (0.1 + 0.2, {"unit": "major", "currency_is": "EUR"}, "0.30 EUR"),
    ],
)
def test_money_is_never_rounded_away(value, settings, text):
    assert shown(value, "money", **settings).value == text


# lists and translated names


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ('{a,"b, c",d}', ("a", "b, c", "d")),
        (r'{"say \"hi\"",NULL,"NULL"}', ('say "hi"', "NULL")),
        ("{}", ()),
        ("{{1,2},{3,4}}", ("1", "2", "3", "4")),
    ],
)
def test_a_list_as_postgresql_writes_it(value, items):
    assert shown(value, "list").items == items


def test_a_name_that_was_never_translated_is_shown_as_it_is():
    assert shown("Main office", translated=("en",)).value == "Main office"
    assert shown('{"en": "Main', translated=("en",)).value == "cannot be read"


# sentences


def test_a_sentence_may_be_about_the_first_row_only():
    failed = (Condition("state", (ColumnTest("is", ("failed",)),)),)
    rows = [{"state": "paid"}, {"state": "failed"}]
    says = (Say("The last charge failed.", failed, row="first"), Say("The last charge: {state}."))
    assert [s.text for s in sentences(result(column("state"), rows=rows, says=says), NOW)] == [
        "The last charge: paid."
    ]
    rows.reverse()
    assert [s.text for s in sentences(result(column("state"), rows=rows, says=says), NOW)] == [
        "The last charge failed."
    ]


def test_a_count_of_more_rows_than_were_read_says_so():
    says = (Say("{count} charges.", (Condition("", (ColumnTest("empty", False),)),)),)
    told = [
        sentences(result(column("x"), rows=[{"x": 1}] * 2, says=says, truncated=cut), NOW)[0].text
        for cut in (False, True)
    ]
    assert told == ["2 charges.", "more than 2 charges."]


# checks


def told(left, right, left_row, right_row, expect="equal", words=NO_WORDS):
    check = Check("c", "C", CheckSide("L", "p.s", left.key), CheckSide("R", "q.s", right.key), expect)
    one = Panel("p", "P", "?", "account", "x.read", checks=(check,))
    two = Panel("q", "Q", "?", "account", "x.read")
    sides = [
        result(left, rows=[left_row], panel=one, words=words),
        result(right, rows=[right_row], panel=two, words=words),
    ]
    return [d.sentence for d in disagreements(sides)]


CENTS = column("a", "money", currency="c")
EUROS = column("b", "money", currency="c", unit="major")


def test_the_same_amount_in_cents_and_in_euros_agrees():
    assert told(CENTS, EUROS, {"a": 1900, "c": "EUR"}, {"b": Decimal("19.00"), "c": "eur"}) == []
    assert told(CENTS, EUROS, {"a": 19, "c": "EUR"}, {"b": 19, "c": "EUR"}) == [
        "C: L says 0.19 EUR, R says 19.00 EUR."
    ]
    assert (
        told(CENTS, EUROS, {"a": 1900, "c": "EUR"}, {"b": 20, "c": "EUR"}, expect="left_not_over_right") == []
    )


def test_amounts_in_two_currencies_never_agree():
    assert told(CENTS, EUROS, {"a": 1900, "c": "EUR"}, {"b": 19, "c": "USD"}) != []
    assert told(CENTS, EUROS, {"a": 1900, "c": "EUR"}, {"b": 20, "c": "USD"}, "left_not_over_right") != []


def test_two_codes_with_one_word_agree():
    words = Glossary({"a": {"T": Word("Up to 20", word="Team")}, "b": {"price_2": Word("x", word="Team")}})
    left, right = column("a", "status", glossary="a"), column("b", "status", glossary="b")
    assert told(left, right, {"a": "T"}, {"b": "price_2"}, words=words) == []


def test_the_same_moment_with_and_without_a_zone_agrees():
    left, right = column("a", "time", zone="Europe/Berlin"), column("b", "time")
    assert told(left, right, {"a": BERLIN_NOON}, {"b": "2026-07-01T11:50:00Z"}) == []


def test_sizes_in_two_units_are_compared_by_size():
    left, right = column("a", "bytes", unit="megabytes"), column("b", "bytes", unit="gigabytes")
    assert told(left, right, {"a": 900}, {"b": 1}, "left_not_over_right") == []
    assert told(left, right, {"a": 1100}, {"b": 1}, "left_not_over_right") != []


def test_a_length_of_time_and_a_day_keep_their_shape():
    assert shown(timedelta(hours=2, minutes=5), "duration").value == "2 h 5 min"
    assert shown(date(2026, 3, 29), "date", zone="America/New_York").value == "2026-03-29"


# JSON


@pytest.mark.parametrize("value", [JsonText('{"a": 1}'), JsonText('[{"a": 1}]'), {"a": 1}, [{"a": 1}]])
def test_json_is_shown_by_its_paths_only(value):
    found = shown(value)
    assert (found.value, found.meaning) == (
        "cannot be read",
        "This is JSON, and the policy names no path in it.",
    )
    if not isinstance(value, list) and not value.__contains__("["):
        assert shown(value, path="a").value == "1"


@pytest.mark.parametrize("value", ["{not json", JsonText('"Main"'), JsonText("[1, 2]"), ["a", "b"]])
def test_what_has_no_names_in_it_is_no_structure(value):
    assert shown(value).meaning == ""


def test_facts_that_are_the_first_of_many_rows_do_not_say_that_more_were_left_out():
    first = result(column("x"), rows=[{"x": 1}], truncated=True, limit=1)
    several = result(column("x"), rows=[{"x": 1}], truncated=True, limit=25)
    assert [section_view(r, NOW).cut for r in (first, several)] == [False, True]
