"""Reads for the map of questions and for the page of one panel."""

from collections import Counter
from dataclasses import dataclass

from django.http import Http404

from accounts.roles import Roles, parse_roles
from audit.models import PolicyVersion
from audit.policies import policy_version
from opsconsole.lib.bundle import Bundle, load
from tenants.language.load import language_of
from tenants.language.shapes import Language, Panel
from tenants.models import Tenant
from tenants.trying.models import PanelTrial
from tenants.trying.sight import roles_that

TRIABLE = (PolicyVersion.State.ACTIVE, PolicyVersion.State.PROPOSED)
TICKETS = 5  # real tickets on which a panel is tried before it is enabled


@dataclass(frozen=True, slots=True)
class Tried:
    """A policy version that can be tried, with its parts."""

    row: PolicyVersion
    bundle: Bundle
    language: Language
    roles: Roles


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the map. `warnings` are sentences, empty when all is well."""

    panel: Panel
    sources: tuple[str, ...]
    seen_by: tuple[str, ...]
    asked_by: tuple[str, ...]
    tickets: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Map:
    tried: Tried
    entries: tuple[Entry, ...]


def get_tried(version: str) -> Tried:
    """Return the active or a proposed version. Raises `Http404` for any other."""
    row = PolicyVersion.objects.filter(version=version, state__in=TRIABLE).first()
    if row is None:
        raise Http404("There is no such policy version to try.")
    return _tried(row)


def get_tried_panel(tried: Tried, key: str) -> Panel:
    """Return a panel of a version. Raises `Http404` for any other key."""
    panel = tried.language.panel(key)
    if panel is None:
        raise Http404("This policy version has no such panel.")
    return panel


def tenant_named(slug: str) -> Tenant | None:
    """Return the tenant to try a panel on; the one who tries sees its public values only, so no reach is asked for."""
    return Tenant.objects.present().filter(slug=slug).first() if slug and "\x00" not in slug else None


def maps() -> list[Map]:
    """Return the active version and each proposed one with all their questions, the active first."""
    rows = PolicyVersion.objects.filter(state__in=TRIABLE).order_by("state", "-proposed_at")
    return [_map(_tried(row)) for row in rows]


def trials_of(version: str, key: str) -> list[PanelTrial]:
    """Return the newest trial of each ticket for a panel, newest first."""
    found: dict[str, PanelTrial] = {}
    for trial in PanelTrial.objects.filter(policy_version=version, panel=key).select_related("person"):
        found.setdefault(trial.ticket, trial)
    return list(found.values())


def _tried(row: PolicyVersion) -> Tried:
    stored = policy_version(row.version)
    if stored is None:
        raise Http404("There is no such policy version.")
    bundle = stored.bundle
    return Tried(row, bundle, language_of(bundle, row.version), load(bundle, parse_roles, row.version))


def _map(tried: Tried) -> Map:
    pairs = PanelTrial.objects.filter(policy_version=tried.row.version).values_list("panel", "ticket")
    tickets = Counter(panel for panel, _ in set(pairs))
    asked = Counter(_spoken(panel) for panel in tried.language.panels)
    entries = tuple(
        Entry(
            panel=panel,
            sources=sources_of(panel),
            seen_by=tuple(roles_that("held", panel, tried.roles)),
            asked_by=tuple(roles_that("asked", panel, tried.roles)),
            tickets=tickets[panel.key],
            warnings=tuple(_warnings(panel, asked[_spoken(panel)])),
        )
        for panel in tried.language.panels
    )
    return Map(tried, entries)


def sources_of(panel: Panel) -> tuple[str, ...]:
    """Return the sources that a panel is read from, each once."""
    return tuple(dict.fromkeys(ask.source for section in panel.sections for ask in section.asks))


def _spoken(panel: Panel) -> str:
    return " ".join(panel.question.lower().split()).rstrip("?")


def _warnings(panel: Panel, panels_with_it: int) -> list[str]:
    found = []
    sources = sources_of(panel)
    if len(sources) > 1:
        found.append(f"One question, {len(sources)} sources: {', '.join(sources)}. Say which one is right.")
    if panels_with_it > 1:
        found.append("Another panel asks the same question.")
    return found
