import django.db.models.deletion
import uuid
from django.db import migrations, models

from audit.sql import guard_about, guard_table
from grants.going_back import kept_rows
from grants.sql import from_file
from impersonation.sql import FOLDER


class Migration(migrations.Migration):
    """The hand-off to the product, what it reports, and the runs of approved actions.

    On the way back handles and codes go: they are good for a minute, and their use is in the log. Everything else is set aside.
    """

    dependencies = [
        ('audit', '0004_guard_about'),
        ('impersonation', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProductReport',
            fields=[
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='report', serialize=False, to='impersonation.supportsession')),
                ('highest', models.PositiveIntegerField(default=0)),
                ('missing', models.JSONField(blank=True, default=list)),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Handle',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('browser', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='impersonation.supportsession')),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('client_id', models.CharField(max_length=100)),
                ('redirect_uri', models.CharField(max_length=500)),
                ('challenge', models.CharField(max_length=128)),
                ('nonce', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('token_id', models.UUIDField(blank=True, null=True, unique=True)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='impersonation.supportsession')),
                ('handle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='code', to='impersonation.handle')),
            ],
        ),
        migrations.CreateModel(
            name='ProductNews',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('made_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=200)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='impersonation.supportsession')),
            ],
        ),
        migrations.CreateModel(
            name='SeenToken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('client_id', models.CharField(max_length=100)),
                ('token_id', models.CharField(max_length=300)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['expires_at'], name='impersonation_seen_due')],
                'constraints': [models.UniqueConstraint(fields=('client_id', 'token_id'), name='impersonation_seen_once')],
            },
        ),
        migrations.CreateModel(
            name='ActionRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=100)),
                ('label', models.CharField(max_length=200)),
                ('scope', models.CharField(max_length=100)),
                ('consequence', models.CharField(max_length=12)),
                ('digest', models.CharField(max_length=64)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('ok', 'Done'), ('refused', 'The product refused'), ('failed', 'It failed'), ('unknown', 'Nobody knows')], max_length=7)),
                ('sentence', models.CharField(blank=True, max_length=300)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='impersonation.supportsession')),
            ],
            options={
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['session', '-started_at'], name='impersonation_run_by_session')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('outcome', '')), models.Q(('finished_at__isnull', False), ('outcome__in', ['ok', 'refused', 'failed', 'unknown'])), _connector='OR'), name='impersonation_run_one_outcome')],
            },
        ),
        migrations.AddConstraint(
            model_name='handle',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='impersonation_handle_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='impersonation_code_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.CheckConstraint(condition=models.Q(('token_id__isnull', True), ('used_at__isnull', False), _connector='OR'), name='impersonation_code_token_of_a_used_one'),
        ),
        migrations.AddIndex(
            model_name='productnews',
            index=models.Index(condition=models.Q(('dropped_at__isnull', True), ('sent_at__isnull', True)), fields=['next_try_at'], name='impersonation_news_waiting'),
        ),
        kept_rows('impersonation_actionrun'),
        kept_rows('impersonation_productreport'),
        kept_rows('impersonation_productnews'),
        kept_rows('impersonation_seentoken'),
        from_file('0002_handoff', FOLDER),
        guard_table('impersonation_actionrun'),
        guard_about('impersonation_actionrun', "object_type = 'action run' AND object_id = wanted::text"),
    ]
