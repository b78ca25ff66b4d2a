"""The connection to the database is killed at every statement of every verb on access, and at its COMMIT: all of a verb, or nothing."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import Error, connection, connections

from audit.context import surface
from grants import actions
from grants.delivery import deliver_outbox
from grants.models import AccessRequest, BreakGlass, Grant, Notice, Outbox
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import ConsoleError
from tests import engines
from tests.grants import desk
from tests.grants.test_automatic import ACCESS, RULE
from tests.grants.test_break_glass import WHY
from tests.grants.test_delivery import later
from tests.tenants.policies import put_in_force

MORE = "The customer sent a second file; it stops at row 12 and I want to compare the two."
ANSWER = "The import of this morning, the one with 431 rows."
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'grants\\_%' ORDER BY 1"

# Its own way to wait looks once in 100 ms.
GONE = """DO $$ BEGIN
    PERFORM pg_terminate_backend({pid});
    FOR turn IN 1..5000 LOOP
        PERFORM pg_stat_clear_snapshot();
        EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = {pid});
        PERFORM pg_sleep(0.001);
    END LOOP;
END $$"""


class Killer:
    """Kills this process's connection before its n-th statement; a COMMIT counts as one."""

    def __init__(self, turn):
        self.left = turn

    def step(self):
        self.left -= 1
        if self.left == 0:
            engines.superuser(GONE.format(pid=connection.connection.info.backend_pid))

    def __call__(self, execute, sql, params, many, context):
        self.step()
        return execute(sql, params, many, context)

    def commit(self):
        self.step()
        real = connections["default"]
        type(real)._commit(real)

    @contextmanager
    def at_work(self):
        connection._commit = self.commit
        try:
            with connection.execute_wrapper(self):
                yield
        finally:
            del connection._commit


@pytest.fixture
def state(committed):
    """Return what stands in the database of access, every row of it, and which events and messages there are.

    It is read by a connection of its own that stays, because hundreds of others go.
    """
    with psycopg.connect(engines.urls(committed).owner, autocommit=True, prepare_threshold=0) as owner:
        parts = [
            f"SELECT '{name}', '', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
            for (name,) in owner.execute(TABLES).fetchall()
        ]
        counts = [
            f"SELECT '{part}', {column}, count(*)::text FROM {table} GROUP BY {column}"
            for part, column, table in (
                ("event", "type", "audit_event"),
                ("message", "kind", "grants_outbox"),
            )
        ]
        sql = " UNION ALL ".join(parts + counts)

        def read():
            found = owner.execute(sql).fetchall()
            rows = {part: digest for part, kind, digest in found if not kind}
            told = Counter({(part, kind): int(count) for part, kind, count in found if kind})
            return rows, told

        yield read


@pytest.fixture
def driven(state):
    """Return a function that does a verb, killed at each of its statements in turn, until it is through, and what it then returned."""

    def drive(verb, events, messages=(), *, again=True):
        before, kills, found_after = state(), 0, []
        whole = before[1] + Counter(("event", name) for name in events)
        whole += Counter(("message", name) for name in messages)
        while True:
            killer = Killer(kills + 1)
            try:
                with killer.at_work():
                    found = verb()
            except Error:
                assert killer.left <= 0
                kills += 1
                connection.close()
                found_after.append(state())
                continue
            except ConsoleError:
                found = None  # a kill came between the verb's COMMIT and its answer: who asks again is told that it is done
            break
        assert killer.left > 0, "the verb went on without its connection"
        assert kills > 4
        after = state()
        assert after[1] == whole
        assert after[0] != before[0]
        halves = [kill for kill, now in enumerate(found_after, 1) if now not in (before, after)]
        assert halves == [], "a part of it was there after these kills"
        if again is None:
            return found
        if again:
            with pytest.raises(ConsoleError):
                verb()
        else:
            assert verb() == 0
        assert state() == after, "done again, it changed something"
        return found

    return drive


def test_every_verb_is_there_whole_or_not_at_all(committed, driven, people, tenant, shift, as_owner, leave):
    agent, colleague, lead = people("agent"), people("agent2"), people("approver")
    with surface("web"):
        case = driven(
            lambda: actions.open_case(
                actor=agent, tenant=tenant, ticket="HD-80001", issue="The import stopped."
            ),
            ["case.opened"],
        )

        def ask(*scopes, **more):
            typed = {
                "actor": agent,
                "case_id": case.pk,
                "scopes": scopes,
                "minutes": 30,
                "reason": desk.REASON,
            }
            return actions.request_access(**typed | more)

        def open_request(scope):
            return AccessRequest.objects.get(scopes__scope=scope, closed_at=None)

        def approve(request):
            request.refresh_from_db()
            scopes = [row.scope for row in request.scopes.all()]
            typed = {"digest": request.digest, "scopes": scopes, "minutes": request.minutes}
            return actions.approve(actor=lead, request_id=request.pk, **typed)

        driven(lambda: ask(desk.SCOPE), ["access.requested"], ["asked"])
        first = open_request(desk.SCOPE)
        driven(
            lambda: actions.ask_back(actor=lead, request_id=first.pk, comment="Which import?"),
            ["request.asked_back"], ["asked_back"],
        )  # fmt: skip
        driven(
            lambda: actions.answer(actor=agent, request_id=first.pk, comment=ANSWER),
            ["request.answered"], ["answered"],
        )  # fmt: skip
        driven(lambda: approve(first), ["request.approved"], ["approved"])
        grant = first.grants.get()

        more = driven(
            lambda: actions.extend(actor=agent, grant_id=grant.pk, minutes=10, reason=MORE),
            ["extension.requested"], ["asked"],
        )  # fmt: skip
        driven(lambda: approve(more), ["request.approved"], ["approved"])
        ends = grant.expires_at
        grant.refresh_from_db()
        assert grant.expires_at == ends + timedelta(minutes=10)
        taken = driven(
            lambda: actions.hand_over(actor=agent, grant_id=grant.pk, person=colleague),
            ["grant.handed_over"], ["handed_over"],
        )  # fmt: skip
        driven(lambda: actions.revoke(actor=colleague, grant_id=taken.pk), ["grant.ended"], ["ended"])

        refused = ask("people.read")
        driven(
            lambda: actions.deny(actor=lead, request_id=refused.pk, comment="The panel answers this."),
            ["request.denied"], ["denied"],
        )  # fmt: skip
        back = ask("people.read")
        driven(
            lambda: actions.withdraw(actor=agent, request_id=back.pk), ["request.withdrawn"], ["withdrawn"]
        )
        glass = driven(
            lambda: actions.break_glass(actor=agent, case_id=case.pk, scopes=["people.read"], reason=WHY),
            ["glass.broken"], ["broke_glass"],
        )  # fmt: skip
        shift(glass, -16 * 60)
        driven(actions.expire_grants, ["grant.ended"], ["ended"], again=False)
        debt = BreakGlass.objects.get()
        driven(
            lambda: actions.review_glass(
                actor=people("compliance"), glass_id=debt.pk, verdict="needed", comment="I read every step."
            ),
            ["glass.reviewed"], ["reviewed"],
        )  # fmt: skip

        lapsing = ask("people.read")
        later(lapsing, 24 * 60, as_owner)
        driven(actions.lapse_requests, ["request.lapsed"], ["lapsed"], again=False)
        planned = ask("people.read", starts_at=database_now() + timedelta(minutes=60), for_person=colleague)
        approve(planned)
        shift(planned.grants.get(), -61 * 60)
        driven(actions.start_grants, ["grant.started"], ["started"], again=False)

        waits = ask("imports.read", minutes=20)
        put_in_force(access=ACCESS + RULE)
        decided = driven(
            lambda: actions.decide_by_rule(request_id=waits.pk),
            ["request.approved_by_policy"], ["auto_approved"], again=None,
        )  # fmt: skip
        assert decided.status == "approved"
        actions.revoke(actor=lead, grant_id=waits.grants.get().pk, comment="Not today.")
        leave("agent2")
        driven(actions.end_without_ground, ["grant.ended"], ["ended"], again=False)
        assert not Grant.objects.filter(ended_at=None).exists()
        driven(
            lambda: actions.close_case(
                actor=lead,
                case_id=case.pk,
                resolved=True,
                summary="A value was too long.",
                product_problem=False,
            ),
            ["case.closed"],
        )
        Outbox.objects.exclude(kind="ended").update(delivered_at=database_now())
        driven(lambda: deliver_outbox(limit=1), [], again=None)
        assert Notice.objects.exists()
