"""Attacks on a sealed log, as somebody who may do anything to the database."""

from tests import engines

TRIGGERS = """
    DO $$ DECLARE t regclass; BEGIN
        FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                 AND (c.relname LIKE 'audit_event%' OR c.relname LIKE 'audit_seal%') LOOP
            EXECUTE format('ALTER TABLE %s {} TRIGGER USER', t);
        END LOOP;
    END $$;"""


def attack(database, sql):
    """Run SQL as the superuser, with every trigger of the log switched off."""
    return engines.postgres.psql(TRIGGERS.format("DISABLE") + sql + ";" + TRIGGERS.format("ENABLE"), database)
