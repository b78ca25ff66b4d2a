from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_consent_contact")]

    operations = [
        migrations.RemoveConstraint("panelanswer", "tenants_answer_verdict"),
        migrations.AlterField(
            "panelanswer",
            "verdict",
            models.CharField(
                choices=[("yes", "Yes"), ("no", "No"), ("guessed", "Had to guess"), ("asked", "Asked engineering")],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            "panelanswer",
            models.CheckConstraint(
                condition=models.Q(verdict__in=["yes", "no", "guessed", "asked"]), name="tenants_answer_verdict"
            ),
        ),
    ]
