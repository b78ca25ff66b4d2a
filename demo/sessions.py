"""The support sessions of the demo's week: started under an access that two people approved, told by the product, ended, with a receipt."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from audit.policies import active_policy
from grants import policy
from grants.actions.starting import begin_grant
from grants.consent.actions.linking import make_receipt
from grants.models import CustomerMail, Grant
from impersonation.actions.starting import MODES
from impersonation.models import SessionTrace, SupportSession
from impersonation.policy import length_words
from impersonation.queries.state import stamp_of
from impersonation.queries.subjects import Subject, list_subjects
from impersonation.session_rules import session_rules_in_force
from opsconsole.lib.clock import written

if TYPE_CHECKING:
    from demo.history import StoryWriter

PRODUCT = "Quillfold"


def approve_twice(writer: "StoryWriter") -> Grant:
    """Write both approvals of a story and the access that the second one begins."""
    kept = policy.Decided(frozenset(writer.story.scopes), writer.story.minutes)
    said: dict[str, Any] = {"scopes": sorted(kept.scopes), "minutes": kept.minutes}
    first = writer.decide("approve", kept)
    obj, trail = writer.request.as_ref(), writer.request.trail()
    writer.record_by(
        first.as_actor(), "request.approved", obj=obj, trail=trail, approval_state="pending", waits_for="1 more approval", **said
    )  # fmt: skip
    writer.step(5)
    second = writer.decide("approve", kept, by=writer.story.second)
    writer.close_request("approved")
    grant = begin_grant(writer.request, writer.consequences, kept, writer.at)
    writer.record_by(
        second.as_actor(), "request.approved", obj=obj, trail=grant.trail(), approval_state="approved",
        until=f"{grant.expires_at:%H:%M} UTC", **said,
    )  # fmt: skip
    return grant


def work_in_session(writer: "StoryWriter", grant: Grant) -> None:
    """Write a session from its start to its end, with what the product told of it."""
    writer.step(2)
    session = _start(writer, grant)
    for name, fields in writer.story.told:
        writer.step(1.3)
        _tell(writer, session, name, dict(fields))
    writer.step(1.5)
    _end(writer, session)


def _start(writer: "StoryWriter", grant: Grant) -> SupportSession:
    subject, rules, at = _subject(writer), session_rules_in_force(), writer.at
    mode = rules.modes_of(set(writer.story.scopes))[0]
    session = SupportSession(
        agent=writer.owner, agent_stamp=stamp_of(writer.owner), tenant=writer.tenant, grant=grant, case=writer.case,
        subject_id=subject.id, subject_label=subject.name, subject_role=subject.role, mode=mode,
        scopes=sorted(writer.story.scopes), started_at=at, ends_at=at + timedelta(minutes=rules.default_minutes),
        policy_version=active_policy().version,
    )  # fmt: skip
    session.save(force_insert=True)
    SessionTrace(
        session=session, last_seen_at=at, human_at=at, last_path="/settings/", shown=8 + 2 * len(writer.story.told),
        unshown={"redirect": 2},
    ).save(force_insert=True)  # fmt: skip
    about = _about(session)
    started = {
        "mode": MODES[SupportSession.Mode(mode)],
        "scopes": session.scopes,
        "until": written(session.ends_at),
    }
    writer.record_by(writer.owner.as_actor(), "session.started", obj=session.as_ref(), **about, **started)
    writer.step(0.4)
    session.opened_at = writer.at
    session.save(update_fields=["opened_at"])
    writer.record_by(
        writer.owner.as_actor(), "session.entered", obj=session.as_ref(), **about, product=PRODUCT
    )
    return session


def _tell(writer: "StoryWriter", session: SupportSession, name: str, fields: dict[str, Any]) -> None:
    changed = {key: fields[key] for key in ("old", "new") if key in fields}
    if changed:
        fields["changes"] = [{"field": fields["what"], **changed}]
    if name == "product.try_blocked":
        fields |= {"outcome": "refused", "outcome_code": "blocked"}
    writer.record_by(
        writer.owner.as_actor(), name, obj=session.as_ref(), **_about(session), **fields, product=PRODUCT
    )


def _end(writer: "StoryWriter", session: SupportSession) -> None:
    session.ended_at, session.cause = writer.at, SupportSession.Cause.LEFT
    session.ended_by = writer.owner
    session.save(update_fields=["ended_at", "cause", "ended_by"])
    writer.record_by(
        writer.owner.as_actor(), "session.ended", obj=session.as_ref(), **_about(session) | {"authority": "role"},
        agent=writer.owner.display_name, cause=SupportSession.Cause.LEFT.label.lower(),
        lasted=length_words(session.ended_at - session.started_at),
    )  # fmt: skip
    link = make_receipt(tenant=writer.tenant, about=session.pk, now=writer.at)
    CustomerMail.objects.filter(link=link).update(sent_at=writer.at, attempts=1)


def _about(session: SupportSession) -> dict[str, Any]:
    return {"subject": session.subject_ref(), "trail": session.trail(), "authority": "grant"}


def _subject(writer: "StoryWriter") -> Subject:
    fit = [one for one in list_subjects(writer.tenant).found if not one.fault]
    return next((one for one in fit if one.role == "accountant"), fit[0])
