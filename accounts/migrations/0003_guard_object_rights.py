from django.db import migrations

from audit.sql import guard_table


class Migration(migrations.Migration):
    """A standing right on a tenant is given by a verb with its event, or not at all."""

    dependencies = [
        ("accounts", "0002_api_tokens"),
        ("guardian", "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more"),
    ]

    operations = [guard_table("guardian_userobjectpermission"), guard_table("guardian_groupobjectpermission")]
