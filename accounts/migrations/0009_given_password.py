from django.db import migrations, models


class Migration(migrations.Migration):
    """A password that an administrator gave opens nothing but the page on which it is changed."""

    dependencies = [("accounts", "0008_preferences")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="password_given",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
