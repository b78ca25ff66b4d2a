from django.db import migrations, models


class Migration(migrations.Migration):
    """The outcomes of runs, by their key."""

    dependencies = [("support_session", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("answer", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
