"""Whether a PostgreSQL role can write: by its attributes, by any table of the database, or through a role it belongs to."""

from typing import Any

from psycopg import Connection

_ATTRIBUTES = """
select rolsuper, rolcreaterole, rolbypassrls and rolreplication as replicates,
       pg_catalog.has_database_privilege(current_database(), 'CREATE') as creates_schemas
from pg_catalog.pg_roles where rolname = current_user
"""
_TABLES = """
with me as (
  select oid, rolname from pg_catalog.pg_roles where pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
)
select me.rolname as role, n.nspname as schema, c.relname as name
from me, pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'f', 'm')
  and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
  and (pg_catalog.has_table_privilege(me.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       or pg_catalog.has_any_column_privilege(me.oid, c.oid, 'INSERT, UPDATE'))
order by me.rolname <> current_user, 2, 3 limit 1
"""
_SCHEMAS = """
select n.nspname as name from pg_catalog.pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and pg_catalog.has_schema_privilege(n.oid, 'CREATE') order by 1 limit 1
"""
_POWERS = """
select rolname as name from pg_catalog.pg_roles
where rolname in ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
  and pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
order by 1 limit 1
"""
_MEND = "use a role that has only SELECT"


def why_refused(connection: Connection[dict[str, Any]]) -> str:
    """One sentence when the role can write, else an empty text."""
    role = connection.execute(_ATTRIBUTES).fetchone() or {}
    if role.get("rolsuper"):
        return f"The database role is a superuser; {_MEND}."
    if role.get("rolcreaterole"):
        return f"The database role can create roles; {_MEND}."
    power = connection.execute(_POWERS).fetchone()
    if power:
        return f"The database role belongs to {power['name']}; {_MEND}."
    table = connection.execute(_TABLES).fetchone()
    if table:
        return f"The database role can write to {table['schema']}.{table['name']}; {_MEND}."
    if role.get("creates_schemas"):
        return f"The database role can create schemas; {_MEND}."
    schema = connection.execute(_SCHEMAS).fetchone()
    return f"The database role can create tables in the schema {schema['name']}; {_MEND}." if schema else ""
