"""How a situation is put into one tenant's rows: the statements of one file in `situations/`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from psycopg import Cursor

FOLDER = Path(__file__).parent / "situations"


@dataclass(frozen=True)
class Situation:
    """A file of statements and the values it takes beside `tenant` and `now`."""

    name: str
    values: tuple[tuple[str, object], ...] = ()


def situation(name: str, **values: object) -> Situation:
    """`situation("trial", days_left=5)`; the name is that of a file in `situations/`."""
    return Situation(name, tuple(values.items()))


def plant(cursor: Cursor, what: Situation, tenant: UUID, now: datetime) -> None:
    """Run every statement of the file. Raises LookupError for an insert or update that touches no row."""
    bound = {"tenant": tenant, "now": now} | dict(what.values)
    text = (FOLDER / f"{what.name}.sql").read_text(encoding="utf-8")
    for statement in filter(str.strip, text.split(";\n")):
        cursor.execute(statement.encode(), bound)
        if cursor.rowcount < 1 and not (cursor.statusmessage or "").startswith("DELETE"):
            raise LookupError(f"{what.name} touched nothing: {statement.strip()}")
