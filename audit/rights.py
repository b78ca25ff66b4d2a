"""Rights of the app's database role: it reads and appends evidence, and owns nothing (NIST AU-9(4), AC-6)."""

from django.db.backends.base.base import BaseDatabaseWrapper

FORBIDDEN_EVENT_COLUMNS = ("seq", "at", "xid", "db_user", "seeded")
OF_ITS_OWN = {
    "django_migrations": "SELECT",
    "audit_private_value": "SELECT, INSERT, DELETE",
    "audit_evidencepack": "SELECT, INSERT, UPDATE",
    "audit_evidencepart": "SELECT, INSERT, DELETE",
    "audit_legalhold": "SELECT, INSERT, UPDATE",
    "audit_montharchive": "SELECT",
    "audit_name": "SELECT, INSERT",
    "audit_streamposition": "SELECT, INSERT, UPDATE",
}

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
    if table in OF_ITS_OWN:
        return OF_ITS_OWN[table]
    if table == "audit_event":
        with connection.cursor() as cursor:
            columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
        allowed = ", ".join(connection.ops.quote_name(c) for c in columns if c not in FORBIDDEN_EVENT_COLUMNS)
        return f"SELECT, INSERT ({allowed})"
    return "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"


_ROLE = """
    SELECT me.rolsuper OR me.rolcreaterole OR me.rolcreatedb OR me.rolreplication OR me.rolbypassrls,
           pg_has_role(owner.oid, 'MEMBER'), owner.rolname,
           has_column_privilege('public.audit_event', 'at', 'INSERT')
    FROM pg_roles me, pg_class c JOIN pg_roles owner ON owner.oid = c.relowner
    WHERE me.rolname = current_user AND c.oid = 'public.audit_event'::regclass
"""

_CHANGEABLE = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
      AND EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_append_only')
    ORDER BY 1
"""


def excess_rights(connection: BaseDatabaseWrapper) -> list[str]:
    """Return one sentence for each right the running role holds and must not, empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, to_regclass('public.audit_event')")
        role, log = cursor.fetchone()
        if log is None:
            return []
        cursor.execute(_ROLE)
        attributes, becomes_owner, owner, forges = cursor.fetchone()
        cursor.execute(_CHANGEABLE)
        changeable = ", ".join(name for (name,) in cursor.fetchall())
    found = {
        f"The database role {role} is a superuser or may create roles or databases.": attributes,
        f"The database role {role} is or may become {owner}, which owns the log and could drop it.": becomes_owner,
        f"The database role {role} may update, delete or truncate evidence: {changeable}.": changeable,
        f"The database role {role} may supply the time of an event.": forges,
    }
    return [sentence for sentence, excess in found.items() if excess]
