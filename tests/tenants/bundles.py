"""Small bundles for tests, each file a text."""

from opsconsole.lib.bundle import Bundle, Problems
from tenants.language.load import parse_language

ROLES = """
[scope."billing.read"]
consequence = "view"
may = "See billing"
[scope."people.reveal"]
consequence = "sensitive"
may = "See personal data in clear"
[role.support]
title = "Support agent"
tenants = "all"
scopes = ["billing.read"]
may = ["see", "ask"]
asks_for = ["sensitive"]
decides = []
"""
SOURCES = """
[source.product]
kind = "sqlite"
path = "{path}"
timeout_seconds = 1
"""
DIRECTORY = """
source = "product"
id_type = "integer"
query = "select id as external_id, slug, name from tenant"
"""
PANEL = '''
title = "Billing"
question = "Is this customer paying?"
area = "billing"
scope = "billing.read"
[[section]]
key = "charges"
title = "Charges"
kind = "table"
source = "product"
tenant_column = "tenant_id"
query = """
select * from charge where tenant_id = :tenant order by id
"""
  [[section.column]]
  key = "status"
  kind = "public"
  format = "status"
  [[section.column]]
  key = "email"
  kind = "personal"
  reveal = "people.reveal"
  [[section.column]]
  key = "token"
  kind = "secret"
'''


def bundle(path: str = "/nowhere.db", **panels: str) -> Bundle:
    """A whole bundle on a SQLite file; keyword arguments are panels."""
    files = {
        "roles.toml": ROLES,
        "sources.toml": SOURCES.replace("{path}", path),
        "directory.toml": DIRECTORY,
    }
    return Bundle(
        files | {f"panels/{key}.toml": text for key, text in (panels or {"billing": PANEL}).items()}
    )


def mistakes(of: Bundle) -> list[str]:
    problems = Problems()
    parse_language(of, problems)
    return [str(p) for p in sorted(problems.found)]


def language(of: Bundle):
    problems = Problems()
    found = parse_language(of, problems)
    assert not problems.found
    return found
