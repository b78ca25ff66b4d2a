"""Whether a support session lives, read from the database at the moment of use (design.md, law 1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils.crypto import constant_time_compare

from accounts.models import Person
from accounts.queries import roles_in_force
from grants.backends import LiveGrant
from grants.held import HELD, held_values, read_held
from grants.models import Case, Grant
from impersonation import policy
from impersonation.models import SupportSession
from impersonation.session_rules import session_rules_in_force
from tenants.models import Tenant

Row = TypeVar("Row", bound=Model)


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)  # noqa: SLF001


_STATE = f"""
    SELECT clock_timestamp(), t.human_at, (n.gone_at IS NULL AND NOT lower(n.status) = ANY(%(suspended)s::text[])),
           (s.sign_in_id IS NULL OR si.ended_at IS NULL), gr.expires_at, gr.ended_at IS NOT NULL, gr.request_id, c.ticket,
           ARRAY(SELECT m.role::text FROM accounts_rolemembership m WHERE m.person_id = s.agent_id),
           {_columns(SupportSession, "s")}, {_columns(Person, "p")}, {_columns(Tenant, "n")}, held.*
    FROM impersonation_supportsession s
    JOIN impersonation_sessiontrace t ON t.session_id = s.id
    JOIN accounts_person p ON p.id = s.agent_id
    JOIN tenants_tenant n ON n.id = s.tenant_id
    JOIN grants_grant gr ON gr.id = s.grant_id
    JOIN grants_case c ON c.id = s.case_id
    LEFT JOIN accounts_signin si ON si.id = s.sign_in_id
    {HELD}
    WHERE """  # noqa: S608 - columns of models and of the module held
_OWN = 9  # columns before those of the models


@dataclass(frozen=True)
class State:
    """One session at one moment. `cause` is empty while it lives; `scopes` are those it holds now, `until` when it ends at the latest.

    `idle_at` is when it ends where nobody does anything more.
    """

    live: bool
    cause: str
    scopes: frozenset[str]
    until: datetime | None
    session: SupportSession
    now: datetime
    idle_at: datetime


def state_of(session_id: UUID) -> State:
    """Return how a session stands right now, in one query. Raises `SupportSession.DoesNotExist`."""
    found = _read("s.id = %(session)s", {"session": session_id})
    if not found:
        raise SupportSession.DoesNotExist(f"no support session {session_id}")
    return found[0]


def live_session_of(person: Person) -> State | None:
    """Return the session in which a person works right now, or None. One query."""
    found = _read("s.agent_id = %(person)s AND s.ended_at IS NULL", {"person": person.pk})
    return found[0] if found and found[0].live else None


def open_states() -> list[State]:
    """Return how every session stands whose end is not written yet, oldest first. One query."""
    return _read("s.ended_at IS NULL", {})


def states_of_grants(grant_ids: list[UUID]) -> list[State]:
    """Return how the sessions of these grants stand whose end is not written yet. One query."""
    return _read("s.grant_id = ANY(%(grants)s) AND s.ended_at IS NULL", {"grants": grant_ids})


def _read(condition: str, values: dict[str, Any]) -> list[State]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_STATE} {condition} ORDER BY s.started_at, s.id", {**held_values(), **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    grouped: dict[UUID, list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[_OWN], []).append(row)
    return [_state(own) for own in grouped.values()]


def _state(rows: list[tuple[Any, ...]]) -> State:
    now, human_at, tenant_open, signed_in, grant_until, grant_ended, _request, _ticket, roles = rows[0][:_OWN]
    session, held_from = _session(rows[0])
    held = read_held(row[held_from:] for row in rows)
    rules = session_rules_in_force()
    facts = policy.Facts(
        now=now,
        ends_at=session.ends_at,
        ended_at=session.ended_at,
        cause=session.cause,
        mode=session.mode,
        human_at=human_at,
        agent_active=session.agent.is_active,
        same_password=constant_time_compare(session.agent_stamp, stamp_of(session.agent)),
        signed_in=signed_in,
        may_act=_may_act(roles),
        tenant_open=tenant_open,
        grant_until=grant_until,
        grant_ended=grant_ended,
        held=frozenset(held),
    )
    cause = policy.end_of(facts, rules)
    scopes = frozenset() if cause else facts.held
    return State(
        live=not cause,
        cause=cause,
        scopes=scopes,
        until=_until(session, held) if not cause else None,
        session=session,
        now=now,
        idle_at=policy.idle_at(human_at, rules),
    )


def _may_act(held: list[str]) -> bool:
    known = roles_in_force().roles
    return any("act" in known[role].may for role in held if role in known)


def _until(session: SupportSession, held: dict[str, LiveGrant]) -> datetime:
    """Return the end that counts: the session's own, or that of the longest of its scopes, whichever comes first."""
    return min(session.ends_at, max(live.until for live in held.values()))


def stamp_of(agent: Person) -> str:
    """Return a digest that changes with the agent's password, so that a change of it ends what was started under the old one."""
    return agent.get_session_auth_hash()


def _session(row: tuple[Any, ...]) -> tuple[SupportSession, int]:
    """Return the session with its agent, tenant, case and grant as far as events need them, and where the other columns begin."""
    session, place = _taken(SupportSession, row, _OWN)
    agent, place = _taken(Person, row, place)
    tenant, place = _taken(Tenant, row, place)
    case = Case(id=session.case_id, tenant=tenant, ticket=row[7])
    session.agent, session.tenant, session.case = agent, tenant, case
    session.grant = Grant(id=session.grant_id, request_id=row[6], case=case, tenant=tenant, person=agent)
    return session, place


def _taken(model: type[Row], row: tuple[Any, ...], place: int) -> tuple[Row, int]:
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns
    after = place + len(fields)
    return model.from_db("default", [field.attname for field in fields], row[place:after]), after
