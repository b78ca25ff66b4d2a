from django.db import migrations, models


class Migration(migrations.Migration):
    """How far each stream of the log has come. Never evidence: a receiver tells a gap by the numbers of the entries."""

    dependencies = [
        ('audit', '0006_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='StreamPosition',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('log', models.PositiveIntegerField(default=1)),
                ('position', models.PositiveBigIntegerField(default=0)),
                ('tried_until', models.PositiveBigIntegerField(null=True)),
                ('by_hand', models.BooleanField(default=False)),
                ('busy_until', models.DateTimeField(null=True)),
                ('paused_until', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('last_sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('log__gte', 1)), name='audit_streamposition_has_log'), models.CheckConstraint(condition=models.Q(models.Q(('failing_since__isnull', True), ('failures', 0)), models.Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='audit_streamposition_fails_since')],
            },
        ),
    ]
