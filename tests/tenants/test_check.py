"""`policy check` with a database at hand: all mistakes at once, each on its line, in words that teach."""

import sqlite3

import httpx
import pytest

from opsconsole.lib.bundle import Bundle, Problems, examine
from tenants.language.listing import judge, likely_type
from tenants.language.reach import check_reach
from tenants.language.shapes import Directory, Question
from tenants.sources.opening import close_all
from tests.tenants.bundles import PANEL, bundle, mistakes

COLUMNS = PANEL.partition("  [[section.column]]")[2]


@pytest.fixture
def product(tmp_path):
    path = tmp_path / "product.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            create table tenant (id integer, slug text, name text);
            create table charge (id integer, tenant_id integer, status text, email text, token text, amount integer, currency text);
            insert into tenant values (1, 'acme', 'Acme'), (2, 'other', 'Other');
            """
        )
    connection.close()
    yield str(path)
    close_all()


def reach(of):
    problems = Problems()
    check_reach(of, problems)
    return [str(p) for p in sorted(problems.found)], problems.notes


def section(key, query, columns="  [[section.column]]" + COLUMNS, **more):
    rest = "\n".join(f"{name} = {value}" for name, value in more.items())
    return f'''
[[section]]
key = "{key}"
kind = "table"
source = "product"
tenant_column = "tenant_id"
{rest}
query = """
{query}
"""
{columns}'''


HEAD = PANEL.partition("[[section]]")[0]
GONE = """select c.tenant_id, c.status,
  c.email, c.tokn as token
from charge c where c.tenant_id = :tenant"""
TWICE = "select tenant_id, id as email, status, email, token from charge where tenant_id = :tenant"
TABLE = """select tenant_id, status, email, token
from chrge
where tenant_id = :tenant"""
BROKEN = "select tenant_id, status email token from charge wher tenant_id = :tenant"
ASKED = "select :tenant as tenant_id, status, email, token from charge"
MONEY = """
  [[section.column]]
  key = "amount"
  kind = "public"
  format = "money"
  currency = "curency"
"""


def test_what_only_the_database_knows_is_told_beside_what_the_file_tells(product):
    panel = HEAD.replace("title =", "titel =") + "".join(
        (
            section("gone", GONE),
            section("twice", TWICE),
            section("table", TABLE),
            section("broken", BROKEN),
            section("asked", ASKED + " where 1 = :tenant or 1 = 1"),
            section("money", "select * from charge where tenant_id = :tenant", MONEY),
        )
    )
    of = bundle(product, billing=panel)
    found, notes = reach(of)
    line = {
        text: panel[: panel.index(text)].count("\n") + 1 for text in ("c.tokn", "from chrge", TWICE, BROKEN)
    }
    for at, word in (
        (line["c.tokn"], "no such column: c.tokn"),
        (line["from chrge"], "no such table: chrge"),
        (line[BROKEN], 'near "token": syntax error'),
        (line[TWICE] - 1, "the query returns two columns called email"),
        (0, "does not return the column curency; did you mean currency?"),
    ):
        fitting = [m for m in found if word in m]
        assert len(fitting) == 1, (word, found)
        assert not at or fitting[0].startswith(f"panels/billing.toml:{at}: "), (at, fitting)
    assert list(dict.fromkeys(notes)) == []
    assert any("title is missing" in m for m in mistakes(of))


def test_a_query_whose_mistake_was_told_is_not_told_twice(product):
    wrong = section("charges", "select * from nowhere where tenant_id = :tennant")
    found, _ = reach(bundle(product, billing=HEAD + wrong))
    assert found == []


def test_a_source_that_was_not_asked_is_named(tmp_path):
    found, notes = reach(bundle(str(tmp_path / "none.db")))
    assert found == []
    assert list(dict.fromkeys(notes)) == ["The queries to product were not tried. product cannot be opened."]
    close_all()


def test_a_file_that_nobody_reads_is_a_mistake():
    files = {**bundle().files, "glossery.toml": "", "panel/mail.toml": "", "billing2.toml": ""}
    found = [str(p) for p in examine(Bundle(files)).found if "nobody reads it" in p.what]
    assert [m.partition(": ")[0] for m in found] == [
        "billing2.toml:1",
        "glossery.toml:1",
        "panel/mail.toml:1",
    ]
    assert "did you mean glossary.toml?" in found[1]
    assert "panels/mail.toml" in found[2]


@pytest.mark.parametrize(
    ("rows", "id_type", "words", "right"),
    [
        ([("7", "a"), ("8", "b")], "uuid", 'write id_type = "integer"', "integer"),
        ([("acme", "a")], "integer", 'write id_type = "text"', "text"),
        ([("0e8b1d1c-6a6f-4a3e-9d1d-5a1c2b3c4d5e", "a")], "integer", 'write id_type = "uuid"', "uuid"),
        ([(bytes(16), "a")], "uuid_bytes", "", "uuid_bytes"),
        ([(bytes(16), "a")], "uuid", 'write id_type = "uuid_bytes"', "uuid_bytes"),
        ([(1, "a"), (2, "a")], "integer", "share their slug with another", "integer"),
        ([(1, "a"), (1, "b")], "integer", "share their external_id with another", "integer"),
        (
            [(1, "a/b"), (2, "..")],
            "integer",
            "2 of the first 2 tenants have a slug that cannot stand",
            "integer",
        ),
        ([(1, None)], "integer", "a slug is not empty", "integer"),
    ],
)
def test_the_first_tenants_of_a_directory_are_looked_at(rows, id_type, words, right):
    found = [{"external_id": one, "slug": slug, "name": "N"} for one, slug in rows]
    directory = Directory(Question("product"), id_type)
    told = [f"{odd.what}; {odd.mend}" for odd in judge(found, directory) if odd.grave]
    assert (words in " ".join(told)) if words else not told
    assert likely_type(found, directory) == right


def test_a_check_sends_no_token_to_an_api(tmp_path, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "secret-of-the-api")
    asked = []
    monkeypatch.setattr(httpx.Client, "stream", lambda *a, **k: asked.append(a))
    directory = 'source = "api"\nid_type = "text"\npath = "/tenants"\nrows = "data"\n'
    api = '[source.api]\nkind = "http"\nbase_url = "https://api.example"\ntoken_env = "API_TOKEN"\n'
    panel = API.partition("next_parameter")[0] + '  [[section.column]]\n  key = "at"\n  kind = "public"\n'
    found, _ = reach(
        Bundle({**bundle(billing=panel).files, "sources.toml": api, "directory.toml": directory})
    )
    assert (found, asked) == ([], [])


def test_a_few_odd_tenants_are_a_note_and_keep_no_policy_out_of_force(product):
    with sqlite3.connect(product) as connection:
        connection.executescript(
            "insert into tenant values (3, '..', 'Dots'), (4, 'fine', 'Fine'), (5, 'good', 'Good')"
        )
    connection.close()
    found, notes = reach(bundle(product))
    assert found == []
    assert "1 of the first 5 tenants have a slug that cannot stand in an address" in notes[0]


STREAM = """
title = "Recent"
question = "What happened?"
area = "activity"
scope = "billing.read"
[[section]]
key = "recent"
kind = "timeline"
  [[section.stream]]
  source = "product"
  tenant_column = "tenant_id"
  query = "select tenant_id, at, what from (select * from charge order by at) c where tenant_id = :tenant"
  [[section.column]]
  key = "at"
  kind = "public"
  format = "time"
  [[section.column]]
  key = "what"
  kind = "public"
"""
WRONG_SETTINGS = """
  [[section.column]]
  key = "price"
  kind = "public"
  format = "money"
  currency = "EUR"
  decimals = 2
  [[section.column]]
  key = "state"
  kind = "public"
  glossary = "invoce"
  yes = "On"
"""


@pytest.mark.parametrize(
    ("panel", "line", "words"),
    [
        (STREAM, 12, "the stream has no order, so it may be read without its newest rows"),
        (
            PANEL.replace("order by id", "").replace('kind = "table"', 'kind = "table"\nsort = "-status"'),
            10,
            "sort puts only those rows in order that were read",
        ),
        (PANEL + WRONG_SETTINGS, 31, 'for one currency in all rows write currency_is = "EUR"'),
        (PANEL + WRONG_SETTINGS, 32, 'decimals means nothing to the format money; write format = "number"'),
        (PANEL + WRONG_SETTINGS, 36, 'glossary means nothing to the format text; write format = "status"'),
        (PANEL + WRONG_SETTINGS, 36, "glossary.toml has no set invoce"),
        (PANEL + WRONG_SETTINGS, 37, "yes means nothing to the format text"),
    ],
)
def test_what_would_be_wrong_in_silence_is_a_mistake(panel, line, words):
    found = [m for m in mistakes(bundle(billing=panel)) if words in m]
    assert len(found) == 1, mistakes(bundle(billing=panel))
    assert found[0].startswith(f"panels/billing.toml:{line}: ")


API = """
title = "Billing"
question = "?"
area = "billing"
scope = "billing.read"
[[section]]
key = "charges"
kind = "table"
source = "api"
path = "/charges/{tenant}"
tenant_column = "customer"
next_parameter = "after"
page_parameter = "page"
last_row = 5
columns = { at = 3 }
fixed = "Payment"
  [[section.column]]
  key = "at"
  kind = "public"
"""


def test_mistakes_about_pages_of_an_api():
    files = {**bundle(billing=API).files}
    files["sources.toml"] += '\n[source.api]\nkind = "http"\nbase_url = "https://api.example"\n'
    found = "\n".join(mistakes(Bundle(files)))
    for words in (
        "billing.toml:13: the pages are counted and have a cursor too; keep page_parameter",
        'billing.toml:12: nothing says what goes into next_parameter; add next = "paging.cursor"',
        "billing.toml:14: last_row is not a text in quotes",
        "billing.toml:15: at is not a text in quotes",
        "billing.toml:16: fixed is not a table",
    ):
        assert words in found, found
