from django.db import migrations

from audit.sql import guard_about


class Migration(migrations.Migration):
    """An emergency start, and its review, need an event that names their request."""

    dependencies = [("audit", "0004_guard_about"), ("grants", "0012_review")]

    operations = [
        guard_about("grants_breakglass", "request_id = wanted AND object_type <> ''", column="request_id")
    ]
