from django.db import migrations

from audit.sql import append_only


class Migration(migrations.Migration):
    """The field history of django-auditlog is evidence too."""

    dependencies = [("audit", "0001_initial"), ("auditlog", "0017_add_actor_email")]

    operations = [append_only("auditlog_logentry")]
