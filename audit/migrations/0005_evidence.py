import uuid

import django.db.models.deletion
from django.db import migrations, models

from audit.sql import FOLDER, from_file, guard_about, guard_table


class Migration(migrations.Migration):
    """Evidence packs, their files, and searches of the log that people keep."""

    dependencies = [
        ('audit', '0004_guard_about'),
    ]

    operations = [
        migrations.CreateModel(
            name='EvidencePack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('tenant', 'Tenant'), ('grant', 'Grant'), ('case', 'Case'), ('person', 'Person'), ('control', 'Kind of event'), ('period', 'Period')], max_length=8)),
                ('subject', models.TextField(blank=True)),
                ('about', models.TextField()),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField()),
                ('reason', models.TextField()),
                ('with_values', models.BooleanField(default=False)),
                ('refs', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waits for somebody else to agree'), ('denied', 'Not agreed to'), ('lapsed', 'Nobody decided in time'), ('making', 'Is being made'), ('ready', 'Ready'), ('failed', 'Could not be made'), ('expired', 'The file was removed')], max_length=8)),
                ('asked_by_id', models.TextField()),
                ('asked_by_label', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('decided_by_id', models.TextField(blank=True)),
                ('decided_by_label', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('comment', models.TextField(blank=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('events', models.PositiveIntegerField(null=True)),
                ('size', models.PositiveBigIntegerField(null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('failure', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-asked_at'],
            },
        ),
        migrations.CreateModel(
            name='EvidencePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('data', models.BinaryField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.TextField()),
                ('owner_label', models.TextField()),
                ('name', models.CharField(max_length=80)),
                ('query', models.TextField()),
                ('shared', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='EvidenceProgress',
            fields=[
                ('pack', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='progress', serialize=False, to='audit.evidencepack')),
                ('stage', models.TextField()),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('beat_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='evidencepack',
            index=models.Index(fields=['-asked_at', '-id'], name='audit_evidence_page'),
        ),
        migrations.AddIndex(
            model_name='evidencepack',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'making', 'ready'])), fields=['asked_at'], name='audit_evidence_open'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['tenant', 'grant', 'case', 'person', 'control', 'period'])), name='audit_evidence_kind'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'denied', 'lapsed', 'making', 'ready', 'failed', 'expired'])), name='audit_evidence_state'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('about', ''), _negated=True), models.Q(('asked_by_id', ''), _negated=True)), name='audit_evidence_says_why'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by_id', ''), models.Q(('decided_by_id', models.F('asked_by_id')), _negated=True), _connector='OR'), name='audit_evidence_two_people'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(('with_values', False), ('state__in', ['waiting', 'lapsed']), models.Q(models.Q(('decided_by_id', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='audit_evidence_values_need_a_yes'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'expired']), _negated=True), models.Q(('events__isnull', False), ('expires_at__isnull', False), ('size__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='audit_evidence_ready_has_file'),
        ),
        migrations.AddConstraint(
            model_name='evidencepack',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'failed'), ('failure', ''), _connector='OR'), name='audit_evidence_failure_says_why'),
        ),
        migrations.AddField(
            model_name='evidencepart',
            name='pack',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='audit.evidencepack'),
        ),
        migrations.AddIndex(
            model_name='savedview',
            index=models.Index(fields=['owner_id', 'name'], name='audit_savedview_by_owner'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('owner_id', 'name'), name='audit_savedview_name_once'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('query', ''), _negated=True), models.Q(('owner_id', ''), _negated=True)), name='audit_savedview_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='evidencepart',
            constraint=models.UniqueConstraint(fields=('pack', 'number'), name='audit_evidencepart_once'),
        ),
        from_file("0005_evidence.sql", (FOLDER / "reverse_0005_evidence.sql").read_text(encoding="utf-8")),
        guard_table("audit_evidencepack"),
        guard_about("audit_evidencepack", "object_type = 'evidence_pack' AND object_id = wanted::text"),
        guard_table("audit_evidencepart"),
        guard_about(
            "audit_evidencepart", "object_type = 'evidence_pack' AND object_id = wanted::text", column="pack_id"
        ),
        guard_table("audit_savedview"),
        guard_about("audit_savedview", "object_type = 'saved_view' AND object_id = wanted::text"),
    ]
