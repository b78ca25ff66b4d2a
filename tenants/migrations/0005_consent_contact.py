from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_guard_identity")]

    operations = [
        migrations.AddField(
            "tenant",
            "consent_contact",
            models.EmailField(blank=True, default="", max_length=254),
            preserve_default=False,
        )
    ]
