"""SQL that this app's migrations run."""

from pathlib import Path

from django.db.migrations.operations import RunSQL

FOLDER = Path(__file__).parent / "sql_files"


def from_file(name: str) -> RunSQL:
    """Return an operation that runs `grants/sql_files/<name>.sql`, and `<name>_reverse.sql` on the way back."""
    return RunSQL(
        (FOLDER / f"{name}.sql").read_text(encoding="utf-8"),
        (FOLDER / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )
