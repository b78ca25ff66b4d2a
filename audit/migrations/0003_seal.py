from django.db import migrations, models

from audit.sql import FOLDER, from_file


class Migration(migrations.Migration):
    """Commitments to private values, and the tables of the sealed log."""

    dependencies = [("audit", "0002_field_history")]

    operations = [
        from_file("0003_seal.sql", (FOLDER / "reverse_0003_seal.sql").read_text(encoding="utf-8")),
        migrations.AddField("event", "commitments", models.JSONField(default=dict), preserve_default=False),
    ]
