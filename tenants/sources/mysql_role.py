"""Whether a MySQL or MariaDB account can write: every privilege beyond reading is a reason to refuse it."""

import re
from typing import Any

HARMLESS = frozenset(
    {
        "USAGE",
        "SELECT",
        "SHOW VIEW",
        "SHOW DATABASES",
        "PROCESS",
        "REPLICATION CLIENT",
        "SLAVE MONITOR",
        "BINLOG MONITOR",
    }
)
_GRANT = re.compile(r"^GRANT (?P<what>.+?) ON (?P<where>.+?) TO ", re.IGNORECASE)
_COLUMNS = re.compile(r"\([^)]*\)")


def why_refused(cursor: Any) -> str:
    """One sentence when the account holds more than reading, else an empty text."""
    cursor.execute("SHOW GRANTS")
    for (line,) in cursor.fetchall():
        found = _GRANT.match(str(line))
        if found is None:
            return "The database account holds a role; give it SELECT directly, so that it can be checked."
        privileges = {p.strip().upper() for p in _COLUMNS.sub("", found.group("what")).split(",")}
        extra = sorted(privileges - HARMLESS)
        if "WITH GRANT OPTION" in str(line).upper():
            extra.append("GRANT OPTION")
        if extra:
            where = found.group("where")
            return f"The database account holds {extra[0]} on {where}; use one that has only SELECT."
    return ""
