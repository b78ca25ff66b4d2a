"""SQL that migrations of every app use to protect their tables."""

from pathlib import Path

from django.db.migrations.operations import RunSQL

FOLDER = Path(__file__).parent / "sql_files"

# One function a table, so that its plan is made once a connection. The second search is for what is rare: a first history, whose events
# carry past times and only the owner writes, and what `otherwise` names. Nobody gets there whose event was found by the first.
_ABOUT = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wanted {table}.{column}%TYPE;
BEGIN
    FOREACH wanted IN ARRAY CASE WHEN NEW.{column} <> OLD.{column} THEN ARRAY[NEW.{column}, OLD.{column}]
                                 ELSE ARRAY[coalesce(NEW.{column}, OLD.{column})] END LOOP
        IF NOT EXISTS (SELECT 1 FROM audit_event
                       WHERE xid = pg_current_xact_id() AND at >= transaction_timestamp() - interval '1 day' AND {about})
            AND NOT EXISTS (SELECT 1 FROM audit_event
                            WHERE xid = pg_current_xact_id() AND ((seeded AND {about}) OR {otherwise})) THEN
            RAISE EXCEPTION 'a write to % needs an event about it in the same transaction', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


def from_file(name: str, reverse: str = RunSQL.noop) -> RunSQL:
    """Return an operation that runs one file of `audit/sql_files`."""
    return RunSQL((FOLDER / name).read_text(encoding="utf-8"), reverse)


def guard_table(table: str) -> RunSQL:
    """Return an operation that refuses COMMIT of any write to `table` without an event of the same transaction (NIST AU-5(4)).

    The migration that uses it depends on `("audit", "0001_initial")`.
    """
    return RunSQL(
        f"""CREATE CONSTRAINT TRIGGER audit_guard AFTER INSERT OR UPDATE OR DELETE ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_require_event();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_guard;
            CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_no_truncate;""",
        f"""DROP TRIGGER audit_guard ON {table}; DROP TRIGGER audit_no_truncate ON {table};""",
    )


def guard_about(
    table: str, about: str, *, column: str = "id", added_only: bool = False, otherwise: str = "false"
) -> RunSQL:
    """Return an operation after which a write to `table` needs an event of the same transaction **about that row** (NIST AU-3, AU-5(4)).

    `about` is a condition on `audit_event`, in which `wanted` stands for the row's `column`; where an UPDATE moves a row from one to
    another, both need their event. `otherwise` is what will do as well where no such event is found, and may be slower. It takes the
    place of `guard_table`'s trigger, or of `evidence_table`'s for a table that rows are only
    added to. The migration depends on `("audit", "0004_guard_about")`.
    """
    when = "INSERT" if added_only else "INSERT OR UPDATE OR DELETE"
    trigger = f"""DROP TRIGGER audit_guard ON {table};
        CREATE CONSTRAINT TRIGGER audit_guard AFTER {when} ON {table}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {{}}();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_guard;"""
    function = f"audit_guard_{table}"
    words = {"table": table, "column": column, "about": f"({about})", "otherwise": f"({otherwise})"}
    return RunSQL(
        _ABOUT.format(function=function, **words) + trigger.format(function),
        f"{trigger.format('audit_require_event')} DROP FUNCTION {function}();",
    )


def append_only(table: str) -> RunSQL:
    """Return an operation after which PostgreSQL refuses UPDATE, DELETE and TRUNCATE of `table`, whoever asks (NIST AU-9)."""
    return RunSQL(
        f"SELECT audit_make_append_only('{table}');",
        f"DROP TRIGGER audit_append_only ON {table}; DROP TRIGGER audit_no_truncate ON {table};",
    )


def evidence_table(table: str) -> RunSQL:
    """Return an operation after which `table` is append-only and takes no row without an event of the same transaction."""
    return RunSQL(
        f"""SELECT audit_make_append_only('{table}');
            CREATE CONSTRAINT TRIGGER audit_guard AFTER INSERT ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_require_event();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_guard;""",
        f"""DROP TRIGGER audit_guard ON {table}; DROP TRIGGER audit_append_only ON {table};
            DROP TRIGGER audit_no_truncate ON {table};""",
    )
