"""The verbs of the desk."""

from django.db import transaction

from accounts.models import Person
from accounts.queries import authority_for
from audit.actions import record
from audit.policies import active_policy
from audit.refs import Trail
from opsconsole.lib.clock import database_now
from tenants.actions.looking import PanelNotOpen
from tenants.desk.models import PanelAnswer, TenantNote
from tenants.models import Tenant
from tenants.queries import get_panel


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
            trail=Trail(ticket=ticket, grant_id=authority.grant_id),
            authority=authority.because,
            panel=panel.title,
            key=panel.key,
            verdict=answer.get_verdict_display(),
        )
    return answer


def write_note(*, actor: Person, tenant: Tenant, text: str) -> TenantNote:
    """Add a note to a tenant that the caller's door let through, and return it. Notes are never changed."""
    with transaction.atomic(durable=True):
        note = TenantNote(tenant=tenant, person=actor, text=text.strip(), at=database_now())
        note.save(force_insert=True)
        record("note.written", actor=actor.as_actor(), tenant=tenant.as_ref(), obj=note.as_ref())
    return note
