from django.db import migrations

from audit.sql import guard_about

PERSON = "object_type = 'person' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """A change to a person, to their roles or to a token needs an event about that person or token, not just any event."""

    dependencies = [("accounts", "0003_guard_object_rights"), ("audit", "0004_guard_about")]

    operations = [
        guard_about("accounts_person", PERSON),
        guard_about("accounts_rolemembership", PERSON, column="person_id"),
        guard_about("accounts_apitoken", "object_type = 'token' AND object_id = wanted::text"),
    ]
