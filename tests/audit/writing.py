"""Short ways to put events into the log of a test."""

from audit.actions import record
from audit.refs import Actor, Ref, TenantRef, Trail

SOMEBODY = Actor("person", "5b1c8a44-7a2f-4e0d-8b1e-2f1d9f0a7c11", "Somebody")
ACME = TenantRef("8d2f4f7e-0f63-4a0e-9d57-6a1f6f3f5a01", "Acme (acme-prod-eu)", "production", "eu")


def write(label="an event", *, actor=SOMEBODY, tenant=None, ticket="", outcome="ok", **trail):
    """Write one event of a type that takes a label, and return its id."""
    return record(
        "log.event_opened",
        actor=actor,
        tenant=tenant,
        obj=Ref("event", "1", label),
        trail=Trail(ticket=ticket, **trail),
        outcome=outcome,
    )


def many(count, *, ticket, moments=3):
    """Return SQL that inserts events as the owner, so that many share one time to the microsecond."""
    return f"""
        INSERT INTO audit_event (id, at, type, type_version, sentence, actor_kind, actor_label, surface, authority, outcome, ticket)
        SELECT gen_random_uuid(), date_trunc('month', now()) + (i % {moments}) * interval '1 second',
               'log.searched', 1, 'Somebody looked at the log ' || i, 'person', 'Somebody', 'web', 'role', 'ok', '{ticket}'
        FROM generate_series(1, {count}) AS i"""
