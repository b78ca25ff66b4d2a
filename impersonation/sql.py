"""Where the SQL of this app's migrations stands."""

from pathlib import Path

FOLDER = Path(__file__).parent / "sql_files"
