from django.db import migrations

from audit.sql import FOLDER, from_file


class Migration(migrations.Migration):
    """The names in sealed events, and an index of what was refused or failed: both so that a search of a large log reads little."""

    dependencies = [("audit", "0008_withdrawn_policy")]

    operations = [
        from_file("0009_names.sql", (FOLDER / "reverse_0009_names.sql").read_text(encoding="utf-8"))
    ]
