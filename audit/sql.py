"""SQL that migrations of every app use to protect their tables."""

from pathlib import Path

from django.db.migrations.operations import RunSQL

FOLDER = Path(__file__).parent / "sql_files"


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
