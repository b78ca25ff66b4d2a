from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("support_session", "0002_kept_answer")]

    operations = [
        migrations.CreateModel(
            name="HeardCall",
            fields=[
                ("token_id", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
