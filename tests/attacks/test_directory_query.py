import os

import pytest

from tenants import sql
from tenants.language.shapes import Question, Source
from tenants.sources.base import SourceError
from tenants.sources.postgresql import PostgreSQL


@pytest.fixture
def ask(django_db_setup):
    engine = PostgreSQL(Source("product"), os.environ["PRODUCT_DATABASE_URL"])

    def pages(text):
        query, mistakes = sql.parse(text, needs="")
        assert not mistakes
        return [
            row for page in engine.pages(Question("product", query=query), timeout=5, size=10) for row in page
        ]

    yield pages
    engine.close()


def test_a_second_statement_that_the_parser_takes_for_text_never_runs(ask):
    with pytest.raises(SourceError):
        ask("select $é$ ' $é$ as a ; select 'second' as a; --'")


def test_a_percent_sign_means_in_the_directory_what_it_means_in_sql(ask):
    assert ask("select 10 % 3 as a, '100%' as b") == [{"a": 1, "b": "100%"}]
