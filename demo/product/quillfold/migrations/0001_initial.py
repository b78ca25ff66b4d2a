import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PLAIN = {"managed": False}


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "User",
            [
                ("id", models.UUIDField(primary_key=True)),
                ("password", models.TextField(db_column="password_hash")),
                ("last_login", models.DateTimeField(null=True, db_column="last_sign_in_at")),
            ],
            options={**PLAIN, "db_table": "users"},
        ),
        migrations.CreateModel(
            "Preference",
            [
                (
                    "user",
                    models.OneToOneField(
                        settings.AUTH_USER_MODEL,
                        primary_key=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        db_constraint=False,
                    ),
                ),
                ("paid", models.BooleanField(default=True)),
                ("weekly", models.BooleanField(default=True)),
                ("news", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            "Presence",
            [
                (
                    "user",
                    models.OneToOneField(
                        settings.AUTH_USER_MODEL,
                        primary_key=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        db_constraint=False,
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE settings_changes ADD COLUMN IF NOT EXISTS support_agent text NOT NULL DEFAULT ''",
            migrations.RunSQL.noop,
        ),
    ]
