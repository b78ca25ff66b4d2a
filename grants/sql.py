"""SQL that the migrations of this app, and of those above it, run."""

from pathlib import Path

from django.db.migrations.operations import RunSQL

FOLDER = Path(__file__).parent / "sql_files"


def from_file(name: str, folder: Path = FOLDER) -> RunSQL:
    """Return an operation that runs `<name>.sql` of a folder, and `<name>_reverse.sql` on the way back."""
    return RunSQL(
        (folder / f"{name}.sql").read_text(encoding="utf-8"),
        (folder / f"{name}_reverse.sql").read_text(encoding="utf-8"),
    )
