from django.db import migrations, models

from audit.sql import guard_table


class Migration(migrations.Migration):
    """Regions that rights are held on, and the right to decide for a tenant or a region."""

    dependencies = [("tenants", "0006_asked_engineering"), ("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[("name", models.CharField(max_length=60, primary_key=True, serialize=False))],
            options={
                "ordering": ["name"],
                "permissions": [("decide_region", "Can decide for the tenants of the region")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="tenants_region_is_named")
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="tenant",
            options={
                "ordering": ["name_key", "slug"],
                "permissions": [("decide_tenant", "Can decide for the tenant")],
            },
        ),
        guard_table("tenants_region"),
    ]
