import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.sql import evidence_table, guard_about
from grants.going_back import kept_rows
from grants.sql import from_file

# The event of a verb names the finding or the period as its object.
FINDING = "object_type = 'finding' AND object_id = wanted::text"
PERIOD = "object_type = 'period' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """What matching approvals with their sealed use finds, the words that close it, and the marks of reviewed periods."""

    dependencies = [
        ('audit', '0004_guard_about'),
        ('grants', '0014_rests_on'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchPlace',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('log', models.PositiveIntegerField(default=0)),
                ('position', models.BigIntegerField(default=-1)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='grants_matchplace_one')],
            },
        ),
        migrations.CreateModel(
            name='UseFinding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('never_used', 'Never used'), ('after_end', 'Used after its end'), ('twice', 'Used twice'), ('together', 'Same browser')], max_length=10)),
                ('words', models.TextField()),
                ('found_at', models.DateTimeField()),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='grants.grant')),
            ],
            options={
                'ordering': ['-found_at'],
            },
        ),
        migrations.CreateModel(
            name='FindingWord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('after', models.PositiveIntegerField()),
                ('word', models.CharField(choices=[('in_order', 'In order'), ('talked', 'Talked it over with them'), ('policy', 'The policy should change'), ('incident', 'Handed on as an incident')], max_length=10)),
                ('comment', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='said', to='grants.usefinding')),
            ],
            options={
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='FindingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField()),
                ('event_at', models.DateTimeField()),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grants.usefinding')),
            ],
            options={
                'ordering': ['event_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PeriodReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('closed', models.PositiveIntegerField()),
                ('left_open', models.PositiveIntegerField()),
                ('comment', models.TextField(blank=True)),
                ('matched_log', models.PositiveIntegerField()),
                ('matched_to', models.BigIntegerField()),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1), ('since__lt', models.F('until'))), name='grants_periodreview_period'), models.CheckConstraint(condition=models.Q(('left_open', 0), models.Q(('comment', ''), _negated=True), _connector='OR'), name='grants_periodreview_says_why')],
            },
        ),
        migrations.AddIndex(
            model_name='usefinding',
            index=models.Index(fields=['-found_at'], name='grants_finding_lately'),
        ),
        migrations.AddConstraint(
            model_name='usefinding',
            constraint=models.UniqueConstraint(fields=('grant', 'kind'), name='grants_finding_once'),
        ),
        migrations.AddConstraint(
            model_name='usefinding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['never_used', 'after_end', 'twice', 'together']), models.Q(('words', ''), _negated=True)), name='grants_finding_kind'),
        ),
        migrations.AddIndex(
            model_name='findingword',
            index=models.Index(fields=['-at'], name='grants_findingword_lately'),
        ),
        migrations.AddConstraint(
            model_name='findingword',
            constraint=models.UniqueConstraint(fields=('finding', 'after'), name='grants_findingword_once'),
        ),
        migrations.AddConstraint(
            model_name='findingword',
            constraint=models.CheckConstraint(condition=models.Q(('word', 'in_order'), models.Q(('word__in', ['talked', 'policy', 'incident']), models.Q(('comment', ''), _negated=True)), _connector='OR'), name='grants_findingword_word'),
        ),
        migrations.AddConstraint(
            model_name='findingevent',
            constraint=models.UniqueConstraint(fields=('finding', 'event_id'), name='grants_findingevent_once'),
        ),
        kept_rows('grants_usefinding'),
        kept_rows('grants_findingevent'),
        kept_rows('grants_findingword'),
        kept_rows('grants_periodreview'),
        kept_rows('grants_matchplace'),
        from_file('0015_matching'),
        evidence_table('grants_usefinding'),
        evidence_table('grants_findingevent'),
        evidence_table('grants_findingword'),
        evidence_table('grants_periodreview'),
        guard_about('grants_usefinding', FINDING, added_only=True),
        guard_about('grants_findingevent', FINDING, column='finding_id', added_only=True),
        guard_about('grants_findingword', FINDING, column='finding_id', added_only=True),
        guard_about('grants_periodreview', PERIOD, added_only=True),
    ]
