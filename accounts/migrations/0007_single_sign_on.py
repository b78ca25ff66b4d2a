from django.db import migrations

from audit.sql import guard_about, guard_table

PERSON = "object_type = 'person' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """A person is linked to an account at the identity provider with an event about them, or not at all."""

    dependencies = [
        ("accounts", "0006_standing_rights"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        guard_table("socialaccount_socialaccount"),
        guard_about("socialaccount_socialaccount", PERSON, column="user_id"),
        guard_table("socialaccount_socialapp"),
        guard_table("socialaccount_socialtoken"),
    ]
