from django.db import migrations

from grants.sql import from_file


class Migration(migrations.Migration):
    """How far the sealed log was read goes only on, and never past what is sealed."""

    dependencies = [("audit", "0003_seal"), ("grants", "0016_unusual")]

    operations = [from_file("0017_places")]
