from django.db import migrations

from grants.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("grants", "0003_further")]

    operations = [from_file("0004_further")]
