"""What a page asks of one PostgreSQL goes in few round trips; a question that fails or dallies holds up no other."""

from concurrent.futures import wait

import pytest

from tenants.language.shapes import Question, Source
from tenants.sources.base import Asked, Params, SourceError
from tenants.sources.opening import OpenSource
from tenants.sources.postgresql import PostgreSQL
from tenants.sql import parse
from tests import engines

HERE = Params("acme", "acme")
WHOSE = "select :tenant::text as tenant, "
NUMBER = WHOSE + "txid_current_snapshot()::text as seen, pg_backend_pid() as pid"
SLOW = WHOSE + "pg_sleep(0.4)::text as waited"
BROKEN = WHOSE + "1 / 0 as n"
LIFTS = (
    WHOSE
    + "set_config('statement_timeout', '0', true) as lifted, set_config('search_path', 'nowhere', true) as moved"
)
SETTINGS = WHOSE + "current_setting('statement_timeout') as patience, current_setting('search_path') as path"


def asked(sql, timeout=3.0, limit=10):
    query, mistakes = parse(sql)
    assert not mistakes
    return Asked(Question("product", query=query, tenant_column="tenant"), timeout, limit)


@pytest.fixture
def source(django_db_setup, monkeypatch):
    found = Source("product", connections=4)
    # On a busy machine nothing dallies here.
    monkeypatch.setattr("tenants.sources.postgresql.TOGETHER_SECONDS", 20)
    opened = OpenSource(found, PostgreSQL(found, engines.urls(engines.MAIN).product_reader))
    yield opened
    opened.close()


def answers(source, *questions):
    futures = source.submit_all(questions, HERE)
    assert not wait(futures, timeout=20).not_done
    return futures


def test_questions_share_a_round_trip_and_each_gets_its_own_answer(source):
    futures = answers(source, *[asked(f"{WHOSE}{n} as n") for n in range(9)], *[asked(NUMBER)] * 6)
    rows = [future.result().rows[0] for future in futures]
    assert [row["n"] for row in rows[:9]] == list(range(9))
    assert len({row["pid"] for row in rows[9:]}) <= 2


def test_a_question_that_fails_or_dallies_takes_no_other_down(source, monkeypatch):
    monkeypatch.setattr("tenants.sources.postgresql.TOGETHER_SECONDS", 0.1)
    questions = [asked(f"{WHOSE}{n} as n") for n in range(4)] + [
        asked(BROKEN),
        asked(SLOW),
        asked(NUMBER),
        asked(NUMBER),
    ]
    for _ in range(3):
        futures = answers(source, *questions)
        assert [future.result().rows[0]["n"] for future in futures[:4]] == [0, 1, 2, 3]
        assert isinstance(futures[4].exception(), SourceError)
        assert len(futures[5].result().rows) == len(futures[6].result().rows) == 1


def test_no_question_changes_a_setting_for_the_next(source):
    engine = source.engine
    before, _, after = engine.together([asked(SETTINGS), asked(LIFTS), asked(SETTINGS)], HERE)
    assert before.rows == after.rows
    assert before.rows[0]["patience"] == "20s"


def test_rows_and_bytes_are_capped_there_too(source):
    many = asked(f"{WHOSE}n from generate_series(1, 50) as n", limit=8)
    heavy = asked(f"{WHOSE}repeat('x', 1000000) as body from generate_series(1, 9) as n")
    first, second = source.engine.together([many, heavy], HERE)
    assert (len(first.rows), first.truncated) == (8, True)
    assert second is None
    alone = answers(source, many, heavy)[1].exception()
    assert "larger than" in str(alone)
