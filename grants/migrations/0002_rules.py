from django.db import migrations

from audit.sql import guard_table
from grants.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("grants", "0001_initial")]

    operations = [
        from_file("0002_rules"),
        guard_table("grants_case"),
        guard_table("grants_accessrequest"),
        guard_table("grants_grant"),
        guard_table("grants_grantscope"),
    ]
