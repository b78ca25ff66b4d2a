"""The demo's policy: complete, readable, and nothing shown that should not be."""

import re
from pathlib import Path

import pytest

from accounts.roles import parse_roles
from grants.access_rules import parse_access
from opsconsole.lib.bundle import Bundle, Problems
from tenants.formats import NOT_IN_GLOSSARY
from tenants.language.load import parse_language
from tenants.language.shapes import AREAS, Panel
from tests.demo.conftest import ROOT, Desk

BUNDLES = ["demo/policy", "policy", "docs/examples/chinook"]
SECRETS = re.compile(
    r"pbkdf2_sha256|qf_live_|whsec_|inv_[0-9a-f]{8}|oat_|pm_[0-9a-f]{8}|sso_[0-9a-f]{8}|mail-[0-9a-f]{8}"
    r"|4111.?1111|(?:token|key)=[0-9a-f]{8}"
)
SEEN = [
    "northwind-paper-prod-eu",
    "meridian-freight-prod-us",
    "tern-island-outfitters-prod-ap",
    "lumen-yoga-studio-prod-ap",
    "harbor-lane-dental-prod-us",
    "banyan-logistics-test-ap",
    "velvet-harbour-prod-eu",
    "canyon-print-works-prod-us",
]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_bundle_of_the_project_has_no_mistake(bundle: str) -> None:
    problems, files = Problems(), Bundle.from_directory(ROOT / bundle)
    parse_language(files, problems)
    parse_roles(files, problems)
    parse_access(files, problems)
    assert not problems.found, "\n".join(map(str, problems.found))


def test_every_area_has_a_panel_that_needs_nothing_but_the_role(desk: Desk) -> None:
    scopes = parse_roles(Bundle.from_directory(ROOT / "demo" / "policy"), Problems()).scopes
    open_areas = {panel.area for panel in desk.language.panels if scopes[panel.scope].consequence == "view"}
    assert open_areas == set(AREAS)


def test_customer_success_sees_no_personal_column(desk: Desk) -> None:
    held = parse_roles(Bundle.from_directory(ROOT / "demo" / "policy"), Problems()).roles["success"].scopes
    seen = [panel for panel in desk.language.panels if panel.scope in held]
    assert len(seen) == 5
    assert not [f"{panel.key}.{section}" for panel in seen for section in personal(panel)]


def personal(panel: Panel) -> list[str]:
    return [
        section.key for section in panel.sections for column in section.columns if column.kind == "personal"
    ]


@pytest.mark.parametrize("slug", SEEN)
def test_every_section_answers_in_words_of_the_glossary(slug: str, desk: Desk) -> None:
    for result in desk.read_all(slug):
        assert result.failure is None, (result.section.key, result.failure)
        unknown = [cell for row in result.rows for cell in row.values() if cell.meaning == NOT_IN_GLOSSARY]
        assert not unknown, (result.panel.key, result.section.key, unknown[:3])


@pytest.mark.parametrize("slug", SEEN)
def test_no_section_lets_a_secret_out(slug: str, desk: Desk) -> None:
    for result in desk.read_all(slug):
        for row in result.rows:
            for key, cell in row.items():
                texts = [cell.value or "", *cell.items]
                assert not any(SECRETS.search(text) for text in texts), (result.panel.key, key, texts)


def test_no_query_of_the_demo_names_a_slug(desk: Desk) -> None:
    text = "\n".join(path.read_text() for path in Path(ROOT / "demo" / "policy").rglob("*.toml"))
    assert not [slug for slug in desk.tenants if slug in text]
