from django.db import migrations, models


class Migration(migrations.Migration):
    """A proposal of somebody who leaves is withdrawn: it was never in force, and is proposed anew by whoever wants it."""

    dependencies = [("audit", "0007_streams")]

    operations = [
        migrations.AlterField(
            "policyversion",
            "state",
            models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("active", "Active"),
                    ("replaced", "Replaced"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("policyversion", "audit_policy_active_has_activator"),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "withdrawn"], activated_at__isnull=True)
                | (
                    models.Q(activated_at__isnull=False, state__in=["active", "replaced"])
                    & ~models.Q(activated_by_id="")
                ),
                name="audit_policy_active_has_activator",
            ),
        ),
    ]
