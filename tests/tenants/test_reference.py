"""The worked example of docs/policy.md is a bundle that works: it is read out of the page and run on a database built for it."""

import re
import sqlite3
from pathlib import Path

import pytest

from opsconsole.lib.bundle import Bundle, Problems, examine
from tenants.actions.mirror import entry
from tenants.language.load import parse_language
from tenants.language.shapes import FORMATS, KINDS, SECTION_KINDS, SOURCE_KINDS
from tenants.reading import read_sections
from tenants.sources.base import Params
from tenants.sources.opening import close_all, open_source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policy.md"

SHOP = """
create table organiser (id integer primary key, name text, sandbox integer, country text, mail_domain text, deleted_at text);
create table event (id integer primary key, organiser_id integer, currency text, zone text);
create table orders (code text, event_id integer, state text, total_cents integer, buyer_email text, placed_at text);
create table payout (organiser_id integer, state text, amount_cents integer, currency text, sent_on text, iban text);
create table setting (organiser_id integer, name text, value text, changed_at text);
insert into organiser values (7, 'Larch Festival', 0, 'AT', 'larch.example', null), (8, 'Trial', 1, 'DE', null, null),
  (9, 'Gone', 0, 'DE', null, '2026-01-01');
insert into event values (1, 7, 'EUR', 'Europe/Vienna'), (2, 8, 'JPY', 'Asia/Tokyo');
insert into orders values ('A1', 1, 'N', 4900, 'jane@buyer.example', '2026-07-01 12:00'),
  ('A0', 1, 'P', 100, 'joe@buyer.example', '2026-06-01 12:00'),
  ('B1', 2, 'Z', 500, 'kim@buyer.example', '2026-07-01 12:00');
insert into payout values (7, 'stopped', 120000, 'EUR', '2026-06-30', 'AT611904300234573201');
insert into setting values (7, 'theme', 'dark', '2026-06-01 12:00'), (7, 'payment_token', 'abc-very-secret', '2026-06-01 12:00');
"""


@pytest.fixture
def example(tmp_path, monkeypatch):
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SHOP)
    connection.close()
    monkeypatch.setenv("SHOP_DATABASE", str(path))
    text = PAGE.read_text(encoding="utf-8").partition("## Worked example")[2]
    yield Bundle(dict(re.findall(r"`([\w/]+\.toml)`\n\n```toml\n(.*?)```", text, re.DOTALL)))
    close_all()


def test_the_worked_example_has_no_mistakes_and_fits_its_database(example):
    assert sorted(example.files)[:2] == ["access.toml", "directory.toml"]
    seen = examine(example)
    assert [str(p) for p in seen.found] == []
    assert seen.notes == []


def test_the_worked_example_answers(example):
    language = parse_language(example, Problems())
    pages = open_source(language.sources["shop"]).engine.pages(language.directory.ask, timeout=5, size=10)
    tenants = [entry(row, language.directory) for page in pages for row in page]
    assert [t[:3] for t in tenants] == [("7", "organiser-7", "Larch Festival"), ("8", "organiser-8", "Trial")]
    wanted = [(p, s) for p in language.panels for s in p.sections]
    results = {r.section.key: r for r in read_sections(language, wanted, Params(7, "organiser-7"))}
    assert [r.failure for r in results.values()] == [None] * 4
    new = results["latest"].rows[0]
    assert (new["total_cents"].value, new["state"].word, new["buyer_email"].value) == (
        "49.00 EUR",
        "New",
        "j***@buyer.example",
    )
    assert new["placed_at"].at == "2026-07-01T10:00:00Z"
    assert results["payout"].rows[0]["iban"].value == "•••• 3201"
    settings = {row["name"].value: row["value"].value for row in results["settings"].rows}
    assert settings == {"theme": "dark", "payment_token": "set"}
    assert results["disputes"].rows == []


@pytest.mark.parametrize("words", [FORMATS, KINDS, SECTION_KINDS, SOURCE_KINDS])
def test_the_reference_names_everything_the_language_knows(words):
    page = PAGE.read_text(encoding="utf-8")
    assert [w for w in words if f"`{w}`" not in page] == []


def test_every_snippet_of_the_reference_is_toml():
    import tomllib

    for snippet in re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        tomllib.loads(snippet)


def test_every_key_that_the_parsers_read_stands_in_the_reference():
    page = PAGE.read_text(encoding="utf-8")
    folder = Path(__file__).resolve().parents[2] / "tenants" / "language"
    read = re.compile(
        r'\.(?:text|choice|whole|number|flag|texts|table|tables|any)\(\s*"(\w+)"|_optional_whole\(reader, "(\w+)"'
    )
    keys = {a or b for path in folder.glob("*.py") for a, b in read.findall(path.read_text(encoding="utf-8"))}
    assert sorted(k for k in keys if not re.search(rf"\b{k}\b", page)) == []
