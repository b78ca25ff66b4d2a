from django.db import migrations

from audit.sql import FOLDER, from_file, guard_about


class Migration(migrations.Migration):
    """A policy version needs an event about itself, and a leaf of the sealed log comes at the next position."""

    dependencies = [("audit", "0003_seal")]

    operations = [
        from_file(
            "0004_leaf_order.sql", (FOLDER / "reverse_0004_leaf_order.sql").read_text(encoding="utf-8")
        ),
        guard_about("audit_policyversion", "object_type = 'policy'", column="version"),
    ]
