"""The verbs of the desk."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Person
from accounts.queries import authority_for, powers_of
from audit.actions import record
from audit.policies import active_policy
from opsconsole.lib.clock import database_now
from tenants.actions.looking import PanelNotOpen
from tenants.desk.asking import Answer, ask_for_book
from tenants.desk.models import PanelAnswer, TenantNote
from tenants.desk.portfolio import WORST_FIRST, Portfolio, health_of_tenant
from tenants.desk.queries import health_in_force
from tenants.desk.shapes import Query
from tenants.identity import typed
from tenants.models import Tenant
from tenants.queries import get_panel, language_in_force
from tenants.tickets import trail_of

NAMED_IN_THE_LOG = 12  # tenants of a book that the event names; the rest is counted


def answer_panel(
    *, actor: Person, tenant: Tenant, key: str, verdict: str, line: str = "", ticket: str = ""
) -> PanelAnswer:
    """Keep what a person says of a panel they may open, and return it. The line stays out of the log.

    Raises `Http404` for an unknown panel, `PanelNotOpen` without authority for its scope.
    """
    panel = get_panel(key)
    authority = authority_for(actor, panel.scope, tenant)
    if authority is None:
        raise PanelNotOpen(panel, tenant, ticket)
    with transaction.atomic(durable=True):
        answer = PanelAnswer(
            panel=panel.key,
            tenant=tenant,
            person=actor,
            verdict=verdict,
            line=line.strip(),
            ticket=ticket,
            policy_version=active_policy().version,
            at=database_now(),
        )
        answer.save(force_insert=True)
        record(
            "panel.answered",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            trail=trail_of(actor, tenant, ticket, authority.grant_id),
            authority=authority.because,
            panel=panel.title,
            key=panel.key,
            verdict=answer.get_verdict_display(),
        )
    return answer


def note_reviews_opened(*, actor: Person) -> None:
    """Record that a reviewer opens the list of what waits for a review, before it is read."""
    with transaction.atomic(durable=True):
        record("reviews.opened", actor=actor.as_actor())


def write_note(*, actor: Person, tenant: Tenant, text: str) -> TenantNote:
    """Add a note to a tenant that the caller's door let through, and return it. Notes are never changed."""
    with transaction.atomic(durable=True):
        note = TenantNote(tenant=tenant, person=actor, text=text.strip(), at=database_now())
        note.save(force_insert=True)
        record("note.written", actor=actor.as_actor(), tenant=tenant.as_ref(), obj=note.as_ref())
    return note


def open_portfolio(*, actor: Person, tenants: Sequence[Tenant], left_out: int = 0) -> Portfolio:
    """Return the health of tenants that the caller's door let through, the most urgent first.

    Only queries whose scope comes with one of the person's roles are asked. The event is committed before a source is asked.
    """
    language, health = language_in_force(), health_in_force()
    held = powers_of(actor).scopes
    queries = [query for query in health.queries if query.scope in held]
    if tenants and queries:
        _record_opened(actor, tenants, queries)
    id_type = language.directory.id_type if language.directory else "text"
    ids = {tenant.pk: typed(tenant.external_id, id_type) or tenant.external_id for tenant in tenants}
    answers = ask_for_book(language, queries, list(ids.values())) if tenants else []
    _note_failures(actor, answers)
    judged = [health_of_tenant(one, ids[one.pk], health, answers, language.glossary) for one in tenants]
    judged.sort(key=lambda one: (WORST_FIRST.index(one.tone), one.tenant.name_key))
    failures = tuple(f"{a.query.title}: {a.failure}" for a in answers if a.failure)
    not_asked = tuple(query.title for query in health.queries if query.scope not in held)
    return Portfolio(tuple(judged), datetime.now(UTC), active_policy().version, failures, left_out, not_asked)


def _record_opened(actor: Person, tenants: Sequence[Tenant], queries: Sequence[Query]) -> None:
    with transaction.atomic(durable=True):
        record(
            "portfolio.opened",
            actor=actor.as_actor(),
            tenant=tenants[0].as_ref() if len(tenants) == 1 else None,
            authority="object right" if powers_of(actor).reach == "book" else "role",
            tenants=[str(tenant) for tenant in tenants[:NAMED_IN_THE_LOG]],
            more=max(0, len(tenants) - NAMED_IN_THE_LOG) or None,
            queries=[query.key for query in queries],
            scopes=sorted({query.scope for query in queries}),
        )


def _note_failures(actor: Person, answers: Sequence[Answer]) -> None:
    """Write an event for each query that failed; one of its own kind where rows of tenants came that nobody asked for."""
    failed = [answer for answer in answers if answer.failure]
    if not failed:
        return
    with transaction.atomic(durable=True):
        for answer in failed:
            record(
                "portfolio.leak_stopped" if answer.foreign else "portfolio.query_failed",
                actor=actor.as_actor(),
                authority="none",
                outcome="failed",
                outcome_code=answer.code,
                query=answer.query.title,
                source=answer.query.source,
                sentence=answer.failure,
                rows=answer.foreign or None,
            )
