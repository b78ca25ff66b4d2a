"""The example of the parcel lockers: a SQLite file and a billing API on loopback, answered from panels."""

from datetime import UTC, datetime

import pytest

from opsconsole.lib.bundle import Bundle, Problems
from tenants.language.load import parse_language
from tenants.language.shapes import Language
from tenants.reading import SectionResult, read_sections
from tenants.saying import sentences
from tenants.sources.base import Params
from tests.examples.conftest import BUNDLE, SECRETS


@pytest.fixture
def lockers(product: None) -> Language:
    """The bundle on its database and its API."""
    problems = Problems()
    language = parse_language(Bundle.from_directory(BUNDLE), problems)
    assert not problems.found, "\n".join(map(str, problems.found))
    return language


def read(language: Language, tenant: int) -> dict[str, SectionResult]:
    """Every section of one operator, by key."""
    wanted = [(panel, section) for panel in language.panels for section in panel.sections]
    results = read_sections(language, wanted, Params(str(tenant), f"operator-{tenant}"))
    return {result.section.key: result for result in results}


QUESTIONS: list[tuple[str, int, str, int, str, str]] = [
    ("Which parcel came last?", 1, "parcels", 0, "id", "6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a01"),
    ("Where is it?", 1, "parcels", 0, "state", "Waiting"),
    ("What did it cost?", 1, "parcels", 0, "fee_minor", "4.99 EUR"),
    ("Until when can it be collected?", 1, "parcels", 0, "collect_by", "2026-11-27"),
    ("How large is it?", 1, "parcels", 0, "size", "M"),
    ("Did it come late?", 1, "parcels", 0, "late", "Yes"),
    ("Who gets it?", 1, "parcels", 0, "recipient_email", "j***@reader.example"),
    ("Was the one before collected?", 1, "parcels", 1, "state", "Collected"),
    ("What does a parcel cost in yen?", 2, "parcels", 0, "fee_minor", "500 JPY"),
    ("What is a state nobody described?", 2, "parcels", 0, "state", "9"),
    ("What does a parcel cost in dinar?", 3, "parcels", 0, "fee_minor", "1.250 KWD"),
    ("Where does the first locker stand?", 1, "lockers", 0, "titles", "Station"),
    ("What is it called without an English name?", 2, "lockers", 0, "titles", "Hafen"),
    ("What kind of place is it?", 1, "lockers", 0, "tags", "indoor, 24h"),
    ("Does the second door open?", 1, "lockers", 1, "state", "Door stuck"),
    ("What do they pay a month?", 1, "tariff", 0, "price", "49.90 EUR"),
    ("And in yen?", 2, "tariff", 0, "price", "8,000 JPY"),
    ("And in dinar?", 3, "tariff", 0, "price", "12.500 KWD"),
    ("Which invoice is the newest?", 1, "invoices", 0, "number", "I-2"),
    ("When do they open?", 1, "settings", 2, "value", "06-23"),
]  # fmt: skip


def test_twenty_questions_are_answered_from_panels(lockers: Language) -> None:
    assert len(QUESTIONS) == 20
    of = {tenant: read(lockers, tenant) for tenant in (1, 2, 3)}
    wrong = []
    for question, tenant, section, row, column, answer in QUESTIONS:
        found = of[tenant][section]
        cell = found.rows[row][column] if len(found.rows) > row else None
        value = (cell.word or cell.value) if cell else found.failure
        if value != answer:
            wrong.append((question, value, answer))
    assert not wrong


def test_the_sentences_say_what_is_wrong(lockers: Language) -> None:
    results = read(lockers, 1)
    said = [sentence.text for result in results.values() for sentence in sentences(result, datetime.now(UTC))]
    assert "Door 2 at Station: The door does not open, a technician is needed." in said
    assert "Invoice I-2 over 49.90 EUR is open: Sent and not paid yet." in said
    assert "Parcel 6f1d3c52-8a4e-4a57-9d0b-2f1f5f0f7a01 came late." in said


def test_no_secret_is_in_what_is_shown(lockers: Language) -> None:
    results = read(lockers, 1)
    shown = str([result.rows for result in results.values()])
    assert not [secret for secret in SECRETS if secret in shown]
    assert {row["name"].value: row["value"].value for row in results["settings"].rows}[
        "gateway_password"
    ] == "set"


def test_test_rows_and_deleted_rows_are_left_out_and_a_broken_row_stays(lockers: Language) -> None:
    rows = read(lockers, 1)["parcels"].rows
    assert [(row["id"].value or "")[-2:] for row in rows] == ["01", "02", "05"]


def test_an_answer_about_another_operator_is_not_shown(lockers: Language) -> None:
    leaked = read(lockers, 2)["invoices"]
    assert leaked.failure
    assert not leaked.rows
