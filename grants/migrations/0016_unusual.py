import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.sql import evidence_table, guard_about
from grants.going_back import kept_rows
from grants.sql import from_file

# The event of a verb names the flag as its object.
FLAG = "object_type = 'flag' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """What rules of the policy flag as unusual use, the words that close a flag, and how far the sealed log was read for it."""

    dependencies = [
        ('grants', '0015_matching'),
        ('tenants', '0007_region'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FlagPlace',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('log', models.PositiveIntegerField(default=0)),
                ('position', models.BigIntegerField(default=-1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='grants_flagplace_one')],
            },
        ),
        migrations.CreateModel(
            name='UnusualFlag',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule', models.CharField(max_length=10)),
                ('key', models.CharField(max_length=120)),
                ('words', models.TextField()),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('found_at', models.DateTimeField()),
                ('policy_version', models.CharField(max_length=64)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'ordering': ['-found_at'],
            },
        ),
        migrations.CreateModel(
            name='FlagWord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('word', models.CharField(choices=[('dismissed', 'Dismissed'), ('escalated', 'Escalated')], max_length=10)),
                ('comment', models.TextField()),
                ('at', models.DateTimeField()),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='said', to='grants.unusualflag')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='FlagEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField()),
                ('event_at', models.DateTimeField()),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grants.unusualflag')),
            ],
            options={
                'ordering': ['event_at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='unusualflag',
            index=models.Index(fields=['-found_at'], name='grants_flag_lately'),
        ),
        migrations.AddIndex(
            model_name='unusualflag',
            index=models.Index(fields=['rule', 'person', '-until'], name='grants_flag_by_rule'),
        ),
        migrations.AddConstraint(
            model_name='unusualflag',
            constraint=models.UniqueConstraint(fields=('rule', 'person', 'key'), name='grants_flag_once'),
        ),
        migrations.AddConstraint(
            model_name='unusualflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule', ''), _negated=True), models.Q(('words', ''), _negated=True), ('since__lte', models.F('until'))), name='grants_flag_says'),
        ),
        migrations.AddIndex(
            model_name='flagword',
            index=models.Index(fields=['-at'], name='grants_flagword_lately'),
        ),
        migrations.AddConstraint(
            model_name='flagword',
            constraint=models.UniqueConstraint(fields=('flag', 'word'), name='grants_flagword_once'),
        ),
        migrations.AddConstraint(
            model_name='flagword',
            constraint=models.CheckConstraint(condition=models.Q(('word__in', ['dismissed', 'escalated']), models.Q(('comment', ''), _negated=True)), name='grants_flagword_says'),
        ),
        migrations.AddConstraint(
            model_name='flagevent',
            constraint=models.UniqueConstraint(fields=('flag', 'event_id'), name='grants_flagevent_once'),
        ),
        kept_rows('grants_unusualflag'),
        kept_rows('grants_flagevent'),
        kept_rows('grants_flagword'),
        kept_rows('grants_flagplace'),
        from_file('0016_unusual'),
        evidence_table('grants_unusualflag'),
        evidence_table('grants_flagevent'),
        evidence_table('grants_flagword'),
        guard_about('grants_unusualflag', FLAG, added_only=True),
        guard_about('grants_flagevent', FLAG, column='flag_id', added_only=True),
        guard_about('grants_flagword', FLAG, column='flag_id', added_only=True),
    ]
