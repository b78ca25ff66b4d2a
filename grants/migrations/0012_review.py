import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from audit.sql import evidence_table, guard_about
from grants.going_back import kept_rows
from grants.sql import from_file

# The event of a verb names its request in its trail, and the one that begins or ends access its grant. An event of a mere look has no object.
REQUEST = "request_id = wanted AND object_type <> ''"
GRANT = "grant_id = wanted AND object_type <> ''"
HANDED_OVER = "object_type = 'grant' AND object_id = wanted::text"


class Migration(migrations.Migration):
    """Reviews of access, the length of an access over all its holders, and events about the very request or grant that is written."""

    dependencies = [
        ('audit', '0004_guard_about'),
        ('grants', '0011_consent'),
        ('tenants', '0005_consent_contact'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GrantReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='grants.grant')),
                ('team', models.SlugField(blank=True, max_length=60)),
                ('week', models.DateField(blank=True, null=True)),
                ('rules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('word', models.CharField(choices=[('in_order', 'In order'), ('talked', 'Talked it over with them'), ('policy', 'The policy should change'), ('incident', 'Handed on as an incident')], max_length=10)),
                ('comment', models.TextField(blank=True)),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy_version', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at'],
                'indexes': [models.Index(fields=['-at'], name='grants_review_lately')],
                'constraints': [
                    models.UniqueConstraint(fields=('team', 'week'), name='grants_review_team_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('grant__isnull', False), ('team', ''), ('week__isnull', True)), models.Q(('grant__isnull', True), ('week__isnull', False), models.Q(('team', ''), _negated=True)), _connector='OR'), name='grants_review_of_one_thing'),
                    models.CheckConstraint(condition=models.Q(('rules', []), _negated=True), name='grants_review_names_rules'),
                    models.CheckConstraint(condition=models.Q(('word', 'in_order'), models.Q(('word__in', ['talked', 'policy', 'incident']), models.Q(('comment', ''), _negated=True)), _connector='OR'), name='grants_review_word'),
                ],
            },
        ),
        migrations.AddField(
            model_name='grant',
            name='counts_from',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
        ),
        from_file('0012_chain_length'),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('counts_from__lte', models.F('starts_at'))), name='grants_grant_counts_from'),
        ),
        kept_rows('grants_grantreview'),
        evidence_table('grants_grantreview'),
        guard_about('grants_grantreview', "object_type = 'review' AND object_id = wanted::text", added_only=True),
        guard_about('grants_accessrequest', REQUEST),
        guard_about('grants_requestscope', REQUEST, column='request_id', added_only=True),
        guard_about('grants_requestmessage', REQUEST, column='request_id', added_only=True),
        guard_about('grants_approval', REQUEST, column='request_id', added_only=True),
        guard_about('grants_approvalscope', REQUEST, column='request_id', added_only=True),
        guard_about('grants_grant', GRANT, otherwise=HANDED_OVER),
        guard_about('grants_grantscope', GRANT, column='grant_id', otherwise=HANDED_OVER),
    ]
