"""Looking is a disclosure: the event is written and committed before a source is asked (design.md, law 4)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from django.db import transaction

from accounts.models import Person
from accounts.queries import Authority
from audit.actions import FieldValue, record
from audit.policies import active_policy
from audit.refs import Trail
from opsconsole.lib.errors import Refused
from tenants.asking import ask_url
from tenants.checking import disagreements
from tenants.language.shapes import Panel, Section
from tenants.models import Tenant
from tenants.pages import Page, PanelView, areas_of, section_view
from tenants.queries import Access, access_to, get_panel, language_in_force, params_of
from tenants.reading import Failure, SectionResult, read_sections
from tenants.saying import sentences
from tenants.tickets import trail_of

AT_A_GLANCE = 8  # rows of a section on the tenant page; the panel's own page shows all
DRAWN = frozenset({"chart"})  # half of a chart would be another chart
WEIGHT = ("role", "object right", "grant", "break-glass")


class PanelNotOpen(Refused):
    code = "panel_not_open"

    def __init__(self, panel: Panel, tenant: Tenant, ticket: str) -> None:
        super().__init__(
            f"{panel.title} of {tenant.name} is not open to you. It answers: {panel.question}",
            scope=panel.scope,
            ask_url=ask_url(tenant.slug, panel.scope, ticket),
        )
        self.tenant, self.trail = tenant.as_ref(), Trail(ticket=ticket)


def open_tenant(*, actor: Person, tenant: Tenant, ticket: str = "") -> Page:
    """Return every area of one tenant: what the person may open with its answer, the rest with the way to ask."""
    return _look(actor, tenant, access_to(actor, tenant, language_in_force().panels), ticket, AT_A_GLANCE)


def open_panel(*, actor: Person, tenant: Tenant, key: str, ticket: str = "") -> Page:
    """Return one panel. Raises `Http404` for an unknown panel, `PanelNotOpen` without authority for its scope."""
    panel = get_panel(key)
    access = access_to(actor, tenant, (panel,))
    if access[0].authority is None:
        raise PanelNotOpen(panel, tenant, ticket)
    return _look(actor, tenant, access, ticket, 500)


def _look(actor: Person, tenant: Tenant, access: Sequence[Access], ticket: str, at_most: int) -> Page:
    opened = [(a.panel, a.authority) for a in access if a.authority]
    if opened:
        _record_opened(actor, tenant, opened, ticket)
    wanted = [(panel, section) for panel, _ in opened for section in panel.sections]
    results = read_panels(tenant, wanted, at_most=at_most)
    note_failures(actor, tenant, results, ticket)
    return _page(tenant, access, results, ticket)


def read_panels(
    tenant: Tenant, wanted: Sequence[tuple[Panel, Section]], *, at_most: int
) -> list[SectionResult]:
    """Ask the sources. Only after the event that says so is committed."""
    return read_sections(language_in_force(), wanted, params_of(tenant), at_most=at_most, whole=DRAWN)


def _record_opened(actor: Person, tenant: Tenant, opened: list[tuple[Panel, Authority]], ticket: str) -> None:
    weightiest = max((authority for _, authority in opened), key=lambda a: WEIGHT.index(a.because))
    with transaction.atomic(durable=True):
        record(
            "panel.opened",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            trail=trail_of(actor, tenant, ticket, weightiest.grant_id),
            authority=weightiest.because,
            panel=_names([panel.title for panel, _ in opened]),
            panels=[panel.key for panel, _ in opened],
            scopes=sorted({panel.scope for panel, _ in opened}),
        )


def _names(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


def note_failures(actor: Person, tenant: Tenant, results: Sequence[SectionResult], ticket: str) -> None:
    """Write down what could not be shown: an event for each leak, one for each panel and cause, so that a dead source floods no log."""
    groups: dict[tuple[str, ...], list[tuple[SectionResult, Failure]]] = {}
    for result in results:
        for failure in (*([result.failure] if result.failure else []), *result.missing):
            own = result.section.key if failure.leaked else ""
            key = (result.panel.key, failure.code, failure.source, own)
            groups.setdefault(key, []).append((result, failure))
    if not groups:
        return
    with transaction.atomic(durable=True):
        for group in groups.values():
            _record_failure(actor, tenant, group, Trail(ticket=ticket))


def _record_failure(
    actor: Person, tenant: Tenant, group: list[tuple[SectionResult, Failure]], trail: Trail
) -> None:
    first, failure = group[0]
    fields: dict[str, FieldValue] = {
        "panel": first.panel.title,
        "section": _names(list(dict.fromkeys(result.section.title for result, _ in group))),
        "source": failure.source,
    }
    fields |= {"rows": failure.leaked} if failure.leaked else {"sentence": failure.sentence}
    record(
        "panel.leak_stopped" if failure.leaked else "panel.section_failed",
        actor=actor.as_actor(),
        tenant=tenant.as_ref(),
        trail=trail,
        authority="none",
        outcome="failed",
        outcome_code=failure.code,
        **cast("dict[str, Any]", fields),
    )


def _view(access: Access, results: Sequence[SectionResult], now: datetime) -> PanelView:
    own = [result for result in results if result.panel is access.panel]
    said = tuple(sentence for result in own for sentence in sentences(result, now))
    return PanelView(access.panel, access.authority, tuple(section_view(result, now) for result in own), said)


def _page(tenant: Tenant, access: Sequence[Access], results: list[SectionResult], ticket: str) -> Page:
    now = datetime.now(UTC)
    views = [_view(one, results, now) for one in access]
    return Page(
        tenant=tenant,
        areas=areas_of(views),
        strip=tuple(s for view in views for s in view.sentences),
        disagreements=tuple(disagreements(results)),
        as_of=min((r.as_of for r in results), default=now),
        policy_version=active_policy().version,
        ticket=ticket,
    )
