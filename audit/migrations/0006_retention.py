import uuid

from django.db import migrations, models

from audit.sql import FOLDER, evidence_table, from_file, guard_about, guard_table


class Migration(migrations.Migration):
    """Legal holds, and the months of the log that were taken out into signed files."""

    dependencies = [("audit", "0005_evidence")]

    operations = [
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("tenant", "Tenant"), ("case", "Case"), ("person", "Person"), ("period", "Everything in a time")], max_length=6)),
                ("subject", models.TextField(blank=True)),
                ("about", models.TextField()),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ticket", models.TextField()),
                ("reason", models.TextField()),
                ("refs", models.JSONField(default=dict)),
                ("placed_by_id", models.TextField()),
                ("placed_by_label", models.TextField()),
                ("placed_at", models.DateTimeField()),
                ("lifted_by_id", models.TextField(blank=True)),
                ("lifted_by_label", models.TextField(blank=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lift_reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-placed_at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(models.Q(("kind", "period"), ("subject", ""), models.Q(("since__isnull", False), ("until__isnull", False), _connector="OR")), models.Q(("kind__in", ["tenant", "case", "person"]), models.Q(("subject", ""), _negated=True)), _connector="OR"), name="audit_hold_names_something"),
                    models.CheckConstraint(condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("ticket", ""), _negated=True), models.Q(("about", ""), _negated=True), models.Q(("placed_by_id", ""), _negated=True)), name="audit_hold_says_why"),
                    models.CheckConstraint(condition=models.Q(("since__isnull", True), ("until__isnull", True), ("since__lte", models.F("until")), _connector="OR"), name="audit_hold_time"),
                    models.CheckConstraint(condition=models.Q(models.Q(("lift_reason", ""), ("lifted_at__isnull", True), ("lifted_by_id", "")), models.Q(("lifted_at__isnull", False), models.Q(("lifted_by_id", ""), _negated=True), models.Q(("lift_reason", ""), _negated=True)), _connector="OR"), name="audit_hold_lifted_whole"),
                    models.CheckConstraint(condition=models.Q(("lifted_by_id", models.F("placed_by_id")), _negated=True), name="audit_hold_two_people"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthArchive",
            fields=[
                ("month", models.CharField(max_length=7, primary_key=True, serialize=False)),
                ("event_id", models.UUIDField()),
                ("events", models.BigIntegerField()),
                ("ranges", models.JSONField()),
                ("file", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                ("archived_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-month"],
                "constraints": [models.CheckConstraint(condition=models.Q(("events__gt", 0), ("size__gt", 0)), name="audit_montharchive_is_whole")],
            },
        ),
        from_file("0006_retention.sql", (FOLDER / "reverse_0006_retention.sql").read_text(encoding="utf-8")),
        guard_table("audit_legalhold"),
        guard_about("audit_legalhold", "object_type = 'legal_hold' AND object_id = wanted::text"),
        evidence_table("audit_montharchive"),
        guard_about(
            "audit_montharchive", "object_type = 'month' AND object_id = wanted", column="month", added_only=True
        ),
    ]
