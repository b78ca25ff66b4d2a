"""Looking for somebody to act for is a look at the customer's people: the event is committed before the source is asked (law 4)."""

from django.db import transaction

from accounts.models import Person
from audit.actions import record
from audit.refs import SYSTEM
from grants.models import Grant
from impersonation.models import SupportSession
from impersonation.queries.subjects import (
    OFFERED,
    Subject,
    Subjects,
    find_subject,
    list_subjects,
    without_staff,
)
from opsconsole.lib.errors import Invalid
from tenants.sources.base import SourceError


def offer_subjects(*, actor: Person, grant: Grant, text: str = "") -> Subjects:
    """Return the first users of the grant's tenant who may be acted for. Raises `Invalid` where the source does not answer."""
    _note_look(actor, grant)
    try:
        subjects = list_subjects(grant.tenant, text)
    except SourceError as error:
        raise _failed(grant, error) from error
    fit = without_staff(one for one in subjects.found if not one.fault)
    return Subjects(fit[:OFFERED], truncated=subjects.truncated or len(fit) > OFFERED)


def subject_named(*, actor: Person, grant: Grant, subject_id: str) -> Subject | None:
    """Return one user of the grant's tenant as the source has them now, or None. Raises `Invalid` where it does not answer."""
    _note_look(actor, grant)
    try:
        return find_subject(grant.tenant, subject_id)
    except SourceError as error:
        raise _failed(grant, error) from error


def subject_is_fit(session: SupportSession) -> bool:
    """Tell whether the user of a running session may still be acted for; one that cannot be asked for stays as they were."""
    if not session.subject_id:
        return True
    try:
        subject = find_subject(session.tenant, session.subject_id)
    except SourceError:
        return True
    return subject is not None and not subject.fault


def _note_look(actor: Person, grant: Grant) -> None:
    with transaction.atomic(durable=True):
        record(
            "session.subjects_listed",
            actor=actor.as_actor(),
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            trail=grant.trail(),
            authority="grant",
        )


def _failed(grant: Grant, error: SourceError) -> Invalid:
    with transaction.atomic(durable=True):
        record(
            "session.subjects_failed",
            actor=SYSTEM,
            tenant=grant.tenant.as_ref(),
            obj=grant.as_ref(),
            trail=grant.trail(),
            authority="none",
            outcome="failed",
            outcome_code=error.code,
            source="subjects",
            sentence=error.sentence,
        )
    return Invalid({"subject": f"The customer's users could not be read. {error.sentence}"})
