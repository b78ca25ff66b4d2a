"""The life of a support session, by its verbs: what starts one, what ends it, and that each end is written once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tests.grants.policies import put_in_force
from tests.impersonation.desk import session_grant, subject_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(browse_as: Any, tenant: Any) -> Any:
    return session_grant(browse_as, tenant)


@pytest.fixture
def started(grant: Any) -> Callable[..., Any]:
    """Start a session as the grant's holder for an accountant of the tenant."""
    from impersonation.actions import start_session

    def start(**fields: Any) -> Any:
        subject = subject_of(grant.tenant)
        return start_session(actor=grant.person, grant=grant, **({"subject_id": subject.id} | fields))

    return start


def ends(events: Any) -> list[str]:
    return [event.fields["cause"] for event in events("session.ended")]


def test_a_session_is_what_its_grant_gives(started, grant, events):
    from audit.context import surface
    from impersonation.queries import live_session_of, state_of

    session = started()
    state = state_of(session.pk)
    assert state.live
    assert state.scopes == {"session.view", "session.act"}
    assert session.mode == "act"
    assert state.until == session.ends_at <= grant.expires_at
    assert live_session_of(grant.person).session == session
    told = events("session.started")[0]
    assert str(told.session_id) == str(session.pk)
    assert told.authority == "grant"
    assert session.subject_label not in told.sentence + str(told.fields) + told.subject_label
    with surface("web"), connection.execute_wrapper(counting := Counter()):
        state_of(session.pk)
    assert counting.statements == 1 + 1  # the policy in force, and the session


class Counter:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


def test_who_and_what_cannot_be_started(started, grant, people, browse_as, other_tenant):
    from accounts.actions import change_person
    from impersonation.actions import end_session, start_session
    from impersonation.actions.starting import InASession, MayNotStart, NotThisSubject
    from impersonation.models import SupportSession
    from impersonation.queries.subjects import list_subjects
    from opsconsole.lib.errors import Invalid

    users = list_subjects(grant.tenant).found
    owner = next(one for one in users if one.superior)
    colleague = next(one for one in users if not one.fault and one.role != "accountant")
    named = {"display_name": "Agent two", "is_staff": False}
    change_person(actor=people("admin"), person=people("agent2"), email=colleague.email.upper(), **named)
    for bad in (owner.id, colleague.id):
        with pytest.raises(NotThisSubject):
            started(subject_id=bad)
    change_person(
        actor=people("admin"),
        person=people("agent"),
        email=colleague.email,
        display_name="Agent",
        is_staff=False,
    )
    with pytest.raises(NotThisSubject, match="This user is you"):
        started(subject_id=colleague.id)
    for bad in ("nobody", list_subjects(other_tenant).found[0].id, "' or 1=1", "x" * 300):
        with pytest.raises(Invalid):
            started(subject_id=bad)
    with pytest.raises(MayNotStart):
        start_session(actor=people("agent2"), grant=grant)
    with pytest.raises(Invalid):
        started(minutes=31)
    first = started()
    with pytest.raises(InASession):
        started()
    end_session(actor=None, session_id=first.pk, cause="left")
    more = {"scopes": [*first.scopes, "imports.read"], "ends_at": grant.expires_at + timedelta(seconds=1)}
    for field, value, refused in (
        *((field, value, "a support session") for field, value in more.items()),
        ("tenant_id", other_tenant.pk, "foreign key"),
        ("agent_id", people("agent2").pk, "foreign key"),
        ("started_at", grant.starts_at - timedelta(hours=1), "only while its grant is live"),
    ):
        again = SupportSession.objects.get(pk=first.pk)
        again.pk, again.ended_at, again.cause, again.ended_by_id = None, None, "", None
        setattr(again, field, value)
        with pytest.raises(IntegrityError, match=refused):
            insert(again)


def test_a_second_factor_comes_first_where_the_policy_asks_for_it(started, monkeypatch):
    from opsconsole.lib.step_up import StepUpNeeded

    put_in_force(monkeypatch, ("roles.toml", "second_factor = false", "second_factor = true"))
    with pytest.raises(StepUpNeeded):
        started()


@transaction.atomic
def insert(row: Any) -> None:
    row.save(force_insert=True)
    connection.check_constraints()


def leave(person: Any, admin: Any) -> None:
    from accounts.actions import set_active

    set_active(actor=admin, person=person, active=False)


def demote(person: Any, admin: Any) -> None:
    from accounts.actions import set_roles

    set_roles(actor=admin, person=person, roles=[])


def change_password(person: Any, admin: Any) -> None:
    from audit.actions import record

    person.set_password("another-long-password")
    person.save(update_fields=["password"])
    record("person.password_changed", actor=person.as_actor(), obj=person.as_ref())


def suspend(person: Any, admin: Any) -> None:
    from tenants.models import Tenant

    Tenant.objects.update(status="suspended")


def fall_asleep(person: Any, admin: Any) -> None:
    from impersonation.models import SessionTrace

    SessionTrace.objects.update(human_at=F("human_at") - timedelta(minutes=11))


@pytest.mark.parametrize(
    ("lose", "causes"),
    [
        (leave, {"the agent left"}),
        (demote, {"the agent lost the right to it"}),
        (change_password, {"the agent's password changed"}),
        (suspend, {"the tenant was suspended"}),
        (fall_asleep, {"nobody used it"}),
    ],
)
def test_every_loss_ends_it_at_the_next_look_and_is_written_once(started, events, people, lose, causes):
    from impersonation.actions import end_what_is_over
    from impersonation.queries import state_of

    session = started()
    lose(session.agent, people("admin"))
    state = state_of(session.pk)
    assert not state.live
    assert state.scopes == frozenset()
    end_what_is_over()
    assert end_what_is_over() == 0
    assert len(ends(events)) == 1
    assert ends(events)[0] in causes
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        type(session).objects.filter(pk=session.pk).update(cause="left")


def test_a_revoked_grant_takes_its_session_along_and_the_agent_is_free_again(started, grant, people, events):
    from grants.actions import revoke
    from impersonation import hooks
    from impersonation.actions import end_session

    heard: list[Any] = []
    hooks.ended.append(heard.append)
    try:
        session = started()
        revoke(actor=people("approver"), grant_id=grant.pk)
    finally:
        hooks.ended.remove(heard.append)
    assert ends(events) == ["the access under it ended"]
    assert not end_session(actor=grant.person, session_id=session.pk)
    assert ends(events) == ["the access under it ended"]


def test_a_session_without_a_subject_stays_in_the_console_and_anybody_who_may_end_the_access_ends_it(
    started, people, events
):
    from impersonation.actions import end_all, end_session
    from impersonation.actions.ending import MayNotEnd

    session = started(subject_id="")
    assert session.mode == "console"
    with pytest.raises(MayNotEnd):
        end_session(actor=people("agent2"), session_id=session.pk)
    with pytest.raises(MayNotEnd):
        end_all(actor=people("agent2"))
    assert end_all(actor=people("approver")) == 1
    assert ends(events) == ["all sessions were ended"]
    assert events("session.ended")[0].fields["by"] == people("approver").display_name
    assert end_session(actor=people("approver"), session_id=started(subject_id="").pk)
    assert ends(events)[-1] == "somebody else ended it"


def test_a_promoted_user_is_no_subject_any_more(started, events, monkeypatch):
    from dataclasses import replace

    from impersonation.actions import end_of_subjects, listing

    started()
    found = listing.find_subject
    monkeypatch.setattr(listing, "find_subject", lambda *args: replace(found(*args), superior=True))
    assert (end_of_subjects(), end_of_subjects()) == (1, 0)
    assert ends(events) == ["the customer user was switched off or promoted"]


def test_an_unmarked_page_flags_the_session_once(started, events):
    from impersonation.actions import note_answer

    session = started()
    for cause in ("shown", "redirect", "failed", "failed"):
        note_answer(session_id=session.pk, cause=cause, path="/tenants/", human=cause == "shown")
    session.trace.refresh_from_db()
    assert (session.trace.shown, session.trace.unshown, session.trace.flagged) == (
        1,
        {"redirect": 1, "failed": 2},
        True,
    )
    assert session.trace.last_path == "/tenants/"
    assert len(events("session.unmarked")) == 1
