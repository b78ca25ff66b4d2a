from django.db import models
from django.db.models import F, Q

from audit.evidence.models import EvidencePack, EvidencePart, EvidenceProgress
from audit.retention.models import LegalHold, MonthArchive
from audit.saved.models import SavedView
from audit.streams.models import StreamPosition

__all__ = [
    "Event",
    "EvidencePack",
    "EvidencePart",
    "EvidenceProgress",
    "LegalHold",
    "MonthArchive",
    "PolicyVersion",
    "SavedView",
    "StreamPosition",
]


class Event(models.Model):
    """One thing that happened. Rows come only from `audit.actions.record`; PostgreSQL refuses to change or remove them.

    The table is partitioned by month and made by SQL in the migrations; column names follow docs/events.md.
    """

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    type = models.TextField()
    type_version = models.SmallIntegerField()
    sentence = models.TextField()
    actor_kind = models.TextField()
    actor_id = models.TextField()
    actor_label = models.TextField()
    subject_id = models.TextField()
    subject_label = models.TextField()
    tenant_id = models.TextField()
    tenant_label = models.TextField()
    tenant_environment = models.TextField()
    tenant_region = models.TextField()
    object_type = models.TextField()
    object_id = models.TextField()
    object_label = models.TextField()
    surface = models.TextField()
    authority = models.TextField()
    case_id = models.UUIDField(null=True)
    ticket = models.TextField()
    request_id = models.UUIDField(null=True)
    grant_id = models.UUIDField(null=True)
    session_id = models.UUIDField(null=True)
    policy_version = models.TextField()
    approval_state = models.TextField()
    reason_class = models.TextField()
    changes = models.JSONField()
    fields = models.JSONField()
    commitments = models.JSONField()
    outcome = models.TextField()
    outcome_code = models.TextField()
    http_request_id = models.TextField()
    seeded = models.BooleanField()
    db_user = models.TextField()

    class Meta:
        managed = False
        db_table = "audit_event"

    def __str__(self) -> str:
        return self.sentence


class PolicyVersion(models.Model):
    """One bundle of policy files. `version` is its digest and stands on every event."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        ACTIVE = "active", "Active"
        REPLACED = "replaced", "Replaced"
        WITHDRAWN = "withdrawn", "Withdrawn"

    version = models.CharField(max_length=64, primary_key=True, editable=False)
    files = models.JSONField(editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by_id = models.TextField()
    proposed_by_label = models.TextField()
    proposed_at = models.DateTimeField()
    activated_by_id = models.TextField(blank=True)
    activated_by_label = models.TextField(blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="audit_one_active_policy"
            ),
            models.CheckConstraint(
                condition=Q(activated_by_id="") | ~Q(activated_by_id=F("proposed_by_id")),
                name="audit_policy_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn"], activated_at__isnull=True)
                | (Q(activated_at__isnull=False, state__in=["active", "replaced"]) & ~Q(activated_by_id="")),
                name="audit_policy_active_has_activator",
            ),
        ]

    def __str__(self) -> str:
        return self.version[:12]
