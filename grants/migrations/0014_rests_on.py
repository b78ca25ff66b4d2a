from django.db import migrations

from grants.sql import from_file


class Migration(migrations.Migration):
    """What a grant rests on comes from a function, so that the check at each use plans it once."""

    dependencies = [("grants", "0013_guard_glass")]

    operations = [from_file("0014_rests_on")]
