from django.db import migrations, models


class Migration(migrations.Migration):
    """The rule on access without a note looks at what ended lately, and must not read what ended long ago."""

    dependencies = [("grants", "0019_campaigns")]

    operations = [
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["expires_at"], name="grants_grant_by_end"),
        ),
    ]
