"""Databases of the demo product for these tests, and panels read from them without pages."""

import os
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from demo.productdb.build import build
from opsconsole.lib.bundle import Bundle, Problems
from tenants.language.load import parse_language
from tenants.language.shapes import Language
from tenants.reading import SectionResult, read_sections
from tenants.saying import sentences
from tenants.sources.base import Params
from tenants.sources.opening import close_all
from tests import engines

ROOT = Path(__file__).resolve().parents[2]
READER = "product_reader"


class Desk:
    """A support desk that reads sections of one bundle; what was read once is kept."""

    def __init__(self, bundle: Path, url: str) -> None:
        problems = Problems()
        self.language: Language = parse_language(Bundle.from_directory(bundle), problems)
        assert not problems.found, "\n".join(map(str, problems.found))
        assert self.language.directory is not None
        with psycopg.connect(url, row_factory=dict_row) as connection:
            rows = connection.execute(self.language.directory.ask.query.for_driver().encode()).fetchall()
        self.tenants: dict[str, dict[str, Any]] = {row["slug"]: row for row in rows}
        self._read: dict[tuple[str, str, str], SectionResult] = {}

    def read(self, slug: str, panel_key: str, section_key: str) -> SectionResult:
        """One section of one tenant."""
        key = (slug, panel_key, section_key)
        if key not in self._read:
            panel = self.language.panel(panel_key)
            assert panel, panel_key
            section = panel.section(section_key)
            assert section, section_key
            params = Params(self.tenants[slug]["external_id"], slug)
            self._read[key] = read_sections(self.language, [(panel, section)], params)[0]
        return self._read[key]

    def read_all(self, slug: str) -> list[SectionResult]:
        """Every section of every panel."""
        params = Params(self.tenants[slug]["external_id"], slug)
        wanted = [(panel, section) for panel in self.language.panels for section in panel.sections]
        return read_sections(self.language, wanted, params)

    def shows(self, slug: str, fact: dict[str, Any]) -> bool:
        """Whether one row shows all the values of a fact, and the section says its sentence."""
        result = self.read(slug, fact["panel"], fact["section"])
        row = any(
            all(cells[key].value == value for key, value in fact["values"].items()) for cells in result.rows
        )
        said = [sentence.text for sentence in sentences(result, datetime.now(UTC))]
        return row and (not fact.get("says") or any(text.startswith(fact["says"]) for text in said))


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The demo's policy on the suite's product database, as the role that can only read."""
    owner = engines.postgres.url("product_owner", engines.passwords["product_owner"], engines.PRODUCT)
    build(owner, READER, say=lambda _: None)
    yield Desk(ROOT / "demo" / "policy", os.environ["PRODUCT_DATABASE_URL"])
    close_all()


@pytest.fixture(scope="session")
def tickets() -> list[dict[str, Any]]:
    """The twelve tickets."""
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "demo" / "tickets.toml").read_text())["ticket"]
    return found


@pytest.fixture
def make_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path, str], Desk]]:
    """Return a desk on another bundle and another database."""

    def make(bundle: Path, url: str) -> Desk:
        monkeypatch.setenv("PRODUCT_DATABASE_URL", url)
        return Desk(bundle, url)

    yield make
    close_all()
