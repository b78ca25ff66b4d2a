import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.sql import guard_about, guard_table
from grants.going_back import kept_rows
from grants.sql import from_file

# The event of a verb names the access review as its object.
REVIEW = "object_type = 'access_review' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """Access reviews: what each is about, and one line for each role and right, answered by somebody who does not hold it."""

    dependencies = [
        ('accounts', '0008_preferences'),
        ('grants', '0018_receipt'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('about', models.CharField(choices=[('everything', 'Everybody and everything'), ('tenant', 'One customer'), ('role', 'One role'), ('team', 'All that the people of one role hold')], max_length=10)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('quarter', models.CharField(blank=True, max_length=7)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('reminded', models.PositiveSmallIntegerField(default=0)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('policy_version', models.CharField(max_length=64)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-opened_at'],
            },
        ),
        migrations.CreateModel(
            name='CampaignItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('place', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('role', 'Role'), ('right', 'Standing right')], max_length=5)),
                ('role', models.CharField(blank=True, max_length=60)),
                ('what', models.CharField(max_length=600)),
                ('since', models.DateTimeField()),
                ('owner', models.CharField(blank=True, max_length=120)),
                ('reason', models.TextField(blank=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, choices=[('keep', 'Kept'), ('reduce', 'Reduced'), ('end', 'Ended'), ('late', 'Nobody looked in time: ended'), ('told', 'Nobody looked in time: stays'), ('gone', 'Was over already')], max_length=6)),
                ('outcome', models.TextField(blank=True)),
                ('comment', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='grants.campaign')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('right', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.standingright')),
            ],
            options={
                'ordering': ['place'],
            },
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(condition=models.Q(('quarter', ''), _negated=True), fields=('quarter',), name='grants_campaign_once_a_quarter'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', 'everything'), ('subject', '')), models.Q(('about__in', ['tenant', 'role', 'team']), models.Q(('subject', ''), _negated=True)), _connector='OR'), name='grants_campaign_about'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('opened_at')), models.Q(('title', ''), _negated=True)), name='grants_campaign_window'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('digest', '')), models.Q(('closed_at__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='grants_campaign_closed_is_signed'),
        ),
        migrations.AddIndex(
            model_name='campaignitem',
            index=models.Index(condition=models.Q(('decision', '')), fields=['reviewer'], name='grants_campaignitem_open'),
        ),
        migrations.AddConstraint(
            model_name='campaignitem',
            constraint=models.UniqueConstraint(fields=('campaign', 'place'), name='grants_campaignitem_place'),
        ),
        migrations.AddConstraint(
            model_name='campaignitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'role'), ('right__isnull', True), models.Q(('role', ''), _negated=True)), models.Q(('kind', 'right'), ('right__isnull', False), ('role', '')), _connector='OR'), name='grants_campaignitem_kind'),
        ),
        migrations.AddConstraint(
            model_name='campaignitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewer', models.F('person')), _negated=True), models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR')), name='grants_campaignitem_not_by_its_holder'),
        ),
        migrations.AddConstraint(
            model_name='campaignitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ['keep', 'reduce', 'end'])), models.Q(('decided_at__isnull', False), ('decision__in', ['late', 'told', 'gone'])), _connector='OR'), name='grants_campaignitem_decided'),
        ),
        kept_rows('grants_campaign'),
        kept_rows('grants_campaignitem'),
        from_file('0019_campaigns'),
        guard_table('grants_campaign'),
        guard_table('grants_campaignitem'),
        guard_about('grants_campaign', REVIEW),
        guard_about('grants_campaignitem', REVIEW, column='campaign_id'),
    ]
