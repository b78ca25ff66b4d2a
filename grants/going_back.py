"""How a release of access is taken back while access lives: what the way back sets aside, and when it is refused.

A migration that adds tables or columns sets what stands in them aside before they go, in tables `grants_kept_…` that nobody may change, and
puts it back on the way forth: evidence is never lost. Where the tables of before have no place for a row, or would no longer hold what a
customer was promised, the way back is refused before the first migration of it runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.operations import RunPython, RunSQL

ASIDE = "grants_kept_"


@dataclass(frozen=True)
class Stays:
    """Rows that cannot go back behind a migration: the SQL that counts them, what they are, and what has to happen first."""

    count: str
    one: str
    many: str
    first: str


STAYS: dict[str, tuple[Stays, ...]] = {
    "0007_telling": (
        Stays(
            "SELECT count(*) FROM grants_case WHERE owner_id IS NULL AND status = 'open'",
            "case of the helpdesk waits for an owner",
            "cases of the helpdesk wait for an owner",
            "somebody has to take each of them first",
        ),
        Stays(
            "SELECT count(*) FROM grants_case WHERE owner_id IS NULL AND status <> 'open'",
            "case was closed that never had an owner",
            "cases were closed that never had an owner",
            "the tables of before have no place for that, and evidence is never removed, so mend what is wrong in a new release",
        ),
        Stays(
            "SELECT count(*) FROM grants_outbox WHERE case_id IS NULL AND delivered_at IS NULL AND dead_at IS NULL",
            "message about no case waits to be delivered",
            "messages about no case wait to be delivered",
            "let `manage.py sweep` deliver first",
        ),
    ),
    "0008_glass": (
        Stays(
            "SELECT count(*) FROM grants_accessrequest WHERE kind = 'break_glass'",
            "emergency start is kept",
            "emergency starts are kept",
            "the tables of before have no place for that, and evidence is never removed, so mend what is wrong in a new release",
        ),
        Stays(
            "SELECT count(*) FROM grants_approval WHERE decider_id IS NULL",
            "approval by a rule of the policy is kept",
            "approvals by a rule of the policy are kept",
            "the tables of before have no place for that, and evidence is never removed, so mend what is wrong in a new release",
        ),
    ),
    "0011_consent": (
        Stays(
            """SELECT count(*) FROM grants_accessrequest r JOIN grants_consentask a ON a.request_id = r.id AND a.round = r.round
               WHERE r.closed_at IS NULL AND a.mode = 'must_approve'""",
            "request waits for its customer",
            "requests wait for their customer",
            "each has to be decided or taken back first, or staff alone would decide on it",
        ),
        Stays(
            """SELECT count(*) FROM (SELECT DISTINCT ON (tenant_id) mode FROM grants_consentmode ORDER BY tenant_id, id DESC) newest
               WHERE mode IN ('must_approve', 'never')""",
            "customer has to agree first, or never agrees",
            "customers have to agree first, or never agree",
            "that has to be set back to the policy's own way first, or nobody would ask them",
        ),
    ),
    "0018_receipt": (
        Stays(
            """SELECT (SELECT count(*) FROM grants_customerlink WHERE kind = 'receipt')
                    + (SELECT count(*) FROM grants_usefinding WHERE kind = 'questioned')""",
            "receipt of a support session, or question about one, is kept",
            "receipts of support sessions, and questions about them, are kept",
            "the tables of before have no place for that, and evidence is never removed, so mend what is wrong in a new release",
        ),
    ),
}
"""By migration, what must not be there when it is taken back."""


def refusal(migrations: Iterable[str], database: str = "default") -> str:
    """Return one sentence that says why these migrations cannot be taken back now and what has to end first, or an empty text."""
    found = []
    with connections[database].cursor() as cursor:
        for name in migrations:
            for stays in STAYS.get(name, ()):
                cursor.execute(stays.count)
                count: int = cursor.fetchone()[0]
                if count:
                    found.append(f"{count} {stays.one if count == 1 else stays.many}: {stays.first}")
    return f"Access cannot go back to the tables of before: {'; '.join(found)}." if found else ""


def refuse_to_go_back(*, plan: list[tuple[Any, bool]], using: str, **_signal: Any) -> None:
    """Refuse `manage.py migrate` before its first step, so that nothing has changed; a receiver of `pre_migrate`."""
    names = [migration.name for migration, backwards in plan if backwards and migration.app_label == "grants"]
    sentence = refusal(names, using)
    if sentence:
        raise CommandError(sentence)


def refused_while_needed(name: str) -> RunPython:
    """Return an operation that refuses the way back of one migration however it is run; put it last."""

    def check(_apps: Any, schema_editor: Any) -> None:
        sentence = refusal([name], schema_editor.connection.alias)
        if sentence:
            raise CommandError(sentence)

    return RunPython(RunPython.noop, check)


def kept_rows(table: str, where: str = "true", *, removed: bool = False) -> RunSQL:
    """Return an operation that sets rows of a table aside on the way back and puts them in again on the way forth.

    Where the table stays, `removed` takes the rows out of it. Put it behind the operations that make the table and before its guards.
    """
    aside = f"{ASIDE}{table.removeprefix('grants_')}"
    delete = f"DELETE FROM {table} WHERE {where};" if removed else ""  # noqa: S608 - names of this app's migrations
    forth = f"""
        SET CONSTRAINTS ALL IMMEDIATE;
        DO $$ DECLARE named text; numbered text; BEGIN
            IF to_regclass('{aside}') IS NULL THEN RETURN; END IF;
            SELECT string_agg(quote_ident(attname), ', ') INTO named FROM pg_attribute
                WHERE attrelid = to_regclass('{aside}') AND attnum > 0 AND NOT attisdropped;
            EXECUTE format('INSERT INTO {table} (%1$s) SELECT %1$s FROM {aside}', named);
            FOR numbered IN SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attidentity <> '' LOOP
                EXECUTE format('SELECT setval(pg_get_serial_sequence(''{table}'', %1$L), coalesce(max(%1$I), 1)) FROM {table}', numbered);
            END LOOP;
            DROP TABLE {aside};
        END $$"""  # noqa: S608 - names of this app's migrations
    back = f"""
        SET CONSTRAINTS ALL IMMEDIATE;
        CREATE TABLE {aside} AS SELECT * FROM {table} WHERE {where};
        {_closed(aside)}
        {delete}"""  # noqa: S608 - names of this app's migrations
    return RunSQL(forth, back)


def kept_columns(table: str, columns: Iterable[str], where: str) -> RunSQL:
    """Return an operation that sets columns of the rows that fit `where` aside, by `id`, and writes them again on the way forth."""
    aside, named = f"{ASIDE}{table.removeprefix('grants_')}_columns", list(columns)
    forth = f"""
        SET CONSTRAINTS ALL IMMEDIATE;
        DO $$ DECLARE guards text[]; guard text; BEGIN
            IF to_regclass('{aside}') IS NULL THEN RETURN; END IF;
            SELECT coalesce(array_agg(format('ALTER TABLE {table} ENABLE %s TRIGGER %I',
                       CASE tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'R' THEN 'REPLICA' ELSE '' END, tgname)), '{{}}')
                INTO guards FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal AND tgenabled <> 'D';
            ALTER TABLE {table} DISABLE TRIGGER USER;
            UPDATE {table} t SET {", ".join(f"{column} = k.{column}" for column in named)} FROM {aside} k WHERE k.id = t.id;
            FOREACH guard IN ARRAY guards LOOP EXECUTE guard; END LOOP;
            DROP TABLE {aside};
        END $$"""  # noqa: S608 - names of this app's migrations
    back = f"""
        SET CONSTRAINTS ALL IMMEDIATE;
        CREATE TABLE {aside} AS SELECT id, {", ".join(named)} FROM {table} WHERE {where};
        {_closed(aside)}"""  # noqa: S608 - names of this app's migrations
    return RunSQL(forth, back)


def _closed(aside: str) -> str:
    return f"""SELECT audit_make_append_only('{aside}');
        CREATE TRIGGER grants_kept BEFORE INSERT ON {aside} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
        ALTER TABLE {aside} ENABLE ALWAYS TRIGGER grants_kept;"""
