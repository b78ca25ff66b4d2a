import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from audit.sql import guard_about, guard_table
from grants.going_back import kept_rows
from grants.sql import from_file
from impersonation.sql import FOLDER


class Migration(migrations.Migration):
    """Support sessions, held to their grants by PostgreSQL itself; every write of one needs an event about it."""

    initial = True

    dependencies = [
        ('audit', '0004_guard_about'),
        ('accounts', '0005_second_factor'),
        ('grants', '0015_matching'),
        ('tenants', '0006_asked_engineering'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SupportSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('agent_stamp', models.CharField(editable=False, max_length=128)),
                ('subject_id', models.CharField(blank=True, max_length=200)),
                ('subject_label', models.CharField(blank=True, max_length=200)),
                ('subject_role', models.CharField(blank=True, max_length=100)),
                ('mode', models.CharField(choices=[('view', 'Looks'), ('act', 'Acts'), ('console', 'In the console only')], max_length=7)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), size=None)),
                ('started_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('cause', models.CharField(blank=True, choices=[('left', 'The agent ended it'), ('time', 'Its time was over'), ('idle', 'Nobody used it'), ('grant', 'The access under it ended'), ('narrowed', 'The access under it became less'), ('demoted', 'The agent lost the right to it'), ('off_boarded', 'The agent left'), ('signed_out', 'The agent signed out'), ('password', "The agent's password changed"), ('subject', 'The customer user was switched off or promoted'), ('suspended', 'The tenant was suspended'), ('lead', 'Somebody else ended it'), ('all', 'All sessions were ended'), ('code_reused', 'A one-time code was used twice')], max_length=11)),
                ('policy_version', models.CharField(max_length=64)),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='support_sessions', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='grants.case')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='grants.grant')),
                ('sign_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.signin')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenants.tenant')),
            ],
            options={
                'ordering': ['-started_at'],
            },
        ),
        migrations.CreateModel(
            name='SessionTrace',
            fields=[
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='trace', serialize=False, to='impersonation.supportsession')),
                ('last_seen_at', models.DateTimeField()),
                ('human_at', models.DateTimeField()),
                ('last_path', models.CharField(blank=True, max_length=300)),
                ('shown', models.PositiveIntegerField(default=0)),
                ('unshown', models.JSONField(blank=True, default=dict)),
                ('flagged', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddIndex(
            model_name='supportsession',
            index=models.Index(fields=['-started_at'], name='impersonation_session_newest'),
        ),
        migrations.AddIndex(
            model_name='supportsession',
            index=models.Index(fields=['tenant', '-started_at'], name='impersonation_session_tenant'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('agent',), name='impersonation_session_one_live'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode__in', ['view', 'act']), models.Q(('subject_id', ''), _negated=True), models.Q(('subject_label', ''), _negated=True)), models.Q(('mode', 'console'), ('subject_id', ''), ('subject_label', '')), _connector='OR'), name='impersonation_session_subject'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('started_at'))), name='impersonation_session_window'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.CheckConstraint(condition=models.Q(('scopes', []), _negated=True), name='impersonation_session_scopes'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', ''), ('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__gte', models.F('started_at')), ('cause__in', ['left', 'time', 'idle', 'grant', 'narrowed', 'demoted', 'off_boarded', 'signed_out', 'password', 'subject', 'suspended', 'lead', 'all', 'code_reused'])), _connector='OR'), name='impersonation_session_end_says_why'),
        ),
        migrations.AddConstraint(
            model_name='supportsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'time'), _negated=True), ('ended_at__gte', models.F('ends_at')), _connector='OR'), name='impersonation_session_time_was_over'),
        ),
        kept_rows('impersonation_supportsession'),
        kept_rows('impersonation_sessiontrace'),
        from_file('0001_session', FOLDER),
        guard_table('impersonation_supportsession'),
        guard_about('impersonation_supportsession', 'session_id = wanted'),
    ]
