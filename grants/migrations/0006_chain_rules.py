from django.db import migrations

from grants.sql import from_file


class Migration(migrations.Migration):
    dependencies = [("grants", "0005_case_fact")]

    operations = [from_file("0006_chain")]
