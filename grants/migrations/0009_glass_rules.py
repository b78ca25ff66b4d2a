from django.db import migrations

from audit.sql import guard_table
from grants.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("grants", "0008_glass")]

    operations = [from_file("0009_glass"), guard_table("grants_breakglass")]
