from django.db import migrations, models


class Migration(migrations.Migration):
    """How a person's pages look, kept with the person so that no page needs a query for it."""

    dependencies = [("accounts", "0007_single_sign_on")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="preferences",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="How their pages look: accounts.preferring.",
            ),
        ),
    ]
