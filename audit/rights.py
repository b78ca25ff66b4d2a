"""Rights of the app's database role: it reads and appends evidence, and owns nothing (NIST AU-9(4), AC-6)."""

from django.db.backends.base.base import BaseDatabaseWrapper

FORBIDDEN_EVENT_COLUMNS = ("seq", "at", "xid", "db_user", "seeded")

_TABLES = """
    SELECT c.relname, c.relispartition,
           EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_append_only')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) = current_user
"""


def grant_app_rights(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give the app's role exactly what it needs on every table the current user owns; run by the owner after each migrate."""
    quote = connection.ops.quote_name
    app = quote(role)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables: list[tuple[str, bool, bool]] = cursor.fetchall()
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
        for name, is_partition, append_only in tables:
            cursor.execute(f"REVOKE ALL ON {quote(name)} FROM PUBLIC, {app}")
            if not is_partition:
                cursor.execute(f"GRANT {_rights_on(connection, name, append_only)} ON {quote(name)} TO {app}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION audit_make_partitions_ahead() TO {app}")


def _rights_on(connection: BaseDatabaseWrapper, table: str, append_only: bool) -> str:
    if table == "django_migrations":
        return "SELECT"
    if table == "audit_event":
        with connection.cursor() as cursor:
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
        allowed = ", ".join(connection.ops.quote_name(c) for c in columns if c not in FORBIDDEN_EVENT_COLUMNS)
        return f"SELECT, INSERT ({allowed})"
    return "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"


_EXCESS = """
    SELECT current_user, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
           coalesce(pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = to_regclass('public.audit_event'))) = current_user, false),
           coalesce(has_table_privilege('public.audit_event', 'UPDATE, DELETE, TRUNCATE, TRIGGER'), false),
           coalesce(has_column_privilege('public.audit_event', 'at', 'INSERT'), false)
    FROM pg_roles WHERE rolname = current_user
"""


def excess_rights(connection: BaseDatabaseWrapper) -> list[str]:
    """Return one sentence for each right the running role holds and must not, empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.audit_event')")
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(_EXCESS)
        role, attributes, owner, changes, forges = cursor.fetchone()
    found = {
        f"The database role {role} is a superuser or may create roles or databases.": attributes,
        f"The database role {role} owns the event table and could drop it.": owner,
        f"The database role {role} may update, delete or truncate events.": changes,
        f"The database role {role} may supply the time of an event.": forges,
    }
    return [sentence for sentence, excess in found.items() if excess]
