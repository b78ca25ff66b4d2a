"""The verbs on facts for the ticket: attach what a look said to a case, and read it again."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from accounts.models import Person
from accounts.queries import authority_for
from audit.actions import record
from grants.actions.errors import about
from grants.models import Case, CaseFact
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Conflict, Refused
from tenants.actions import open_panel, open_tenant
from tenants.noting import note
from tenants.pages import Page

WHOLE_TENANT = "the whole tenant"


class CaseIsClosed(Conflict):
    code = "case_is_closed"


class NothingToAttach(Refused):
    """No panel of the tenant is open to the person."""

    code = "nothing_to_attach"


class FactsNotOpen(Refused):
    code = "facts_not_open"


def attach_facts(*, actor: Person, case: Case, panel: str = "") -> CaseFact:
    """Look again at one panel of the case's tenant, or at all of it, keep the note on the case, and return it.

    Nothing of the text comes from outside. The look is an event of its own. Raises `Http404` for an unknown panel, `PanelNotOpen`,
    `NothingToAttach`, `CaseIsClosed`.
    """
    _guard_open(case)
    if panel:
        page = open_panel(actor=actor, tenant=case.tenant, key=panel, ticket=case.ticket)
    else:
        page = open_tenant(actor=actor, tenant=case.tenant, ticket=case.ticket)
    opened = [view.panel for view in page.panels if view.authority]
    if not opened:
        raise about(
            NothingToAttach("No panel of this tenant is open to you."), tenant=case.tenant, trail=case.trail()
        )
    title = opened[0].title if panel else WHOLE_TENANT
    return _keep(actor, case.pk, page, title, sorted({one.scope for one in opened}))


def read_facts(*, actor: Person, fact: CaseFact) -> CaseFact:
    """Return attached facts to read, with the event of it: they are a customer's data still.

    Raises `FactsNotOpen` for a person who does not hold every scope that the note was written under.
    """
    case = fact.case
    held = [authority_for(actor, scope, case.tenant) for scope in fact.scopes]
    missing = [scope for scope, authority in zip(fact.scopes, held, strict=True) if authority is None]
    if missing:
        sentence = f"These facts are open to people who hold {', '.join(missing)} on {case.tenant.name}."
        raise about(FactsNotOpen(sentence, scope=missing[0]), tenant=case.tenant, trail=case.trail())
    because = next((one for one in held if one and one.grant_id), held[0])
    with transaction.atomic(durable=True):
        record(
            "case.facts_read",
            actor=actor.as_actor(),
            tenant=case.tenant.as_ref(),
            obj=fact.as_ref(),
            trail=replace(case.trail(), grant_id=because.grant_id if because else None),
            authority=because.because if because else "none",
            what=fact.title,
        )
    return fact


def _keep(actor: Person, case_id: UUID, page: Page, title: str, scopes: list[str]) -> CaseFact:
    written = note(page)
    with transaction.atomic(durable=True):
        case = Case.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=case_id)
        _guard_open(case)
        fact = CaseFact(
            case=case,
            person=actor,
            title=title,
            scopes=scopes,
            text=written.plain,
            markdown=written.markdown,
            as_of=page.as_of,
            policy_version=page.policy_version,
            at=database_now(),
        )
        fact.save(force_insert=True)
        record(
            "case.facts_attached",
            actor=actor.as_actor(),
            tenant=case.tenant.as_ref(),
            obj=fact.as_ref(),
            trail=case.trail(),
            what=title,
            scopes=scopes,
        )
    return fact


def _guard_open(case: Case) -> None:
    if case.status != Case.Status.OPEN:
        raise about(
            CaseIsClosed("This case is closed, so nothing is attached to it any more.", state=case.status),
            tenant=case.tenant,
            trail=case.trail(),
        )
