import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.sql import guard_about, guard_table

PERSON = "object_type = 'person' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """Sign-ins by browser; a second factor is added, used and taken away with an event about its person, or not at all."""

    dependencies = [
        ("accounts", "0004_guard_about"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("session_key", models.CharField(editable=False, max_length=40, null=True, unique=True)),
                ("device", models.CharField(max_length=80)),
                ("device_id", models.CharField(editable=False, max_length=64)),
                ("factor", models.CharField(blank=True, max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-in",
                "ordering": ["-opened_at"],
                "indexes": [
                    models.Index(fields=["person", "device_id"], name="accounts_signin_by_device")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("session_key__isnull", False)),
                            models.Q(("ended_at__isnull", False), ("session_key__isnull", True)),
                            _connector="OR",
                        ),
                        name="accounts_signin_ended_has_no_session",
                    )
                ],
            },
        ),
        guard_table("accounts_signin"),
        guard_about("accounts_signin", PERSON, column="person_id"),
        guard_table("mfa_authenticator"),
        guard_about("mfa_authenticator", PERSON, column="user_id"),
        guard_table("account_emailaddress"),
        guard_table("account_emailconfirmation"),
    ]
