import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.refs import Ref, place_of_refs

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class EvidencePack(models.Model):
    """One pack: what was asked, by whom, who agreed, and what became of the file. The row stays when the file is gone.

    What was asked never changes, and only the moves of `State` are possible: a trigger holds both. `refs` names the tenant and what the
    subject hangs on, as they were when it was asked, for the events about the pack.
    """

    class Kind(models.TextChoices):
        TENANT = "tenant", "Tenant"
        GRANT = "grant", "Grant"
        CASE = "case", "Case"
        PERSON = "person", "Person"
        CONTROL = "control", "Kind of event"
        PERIOD = "period", "Period"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for somebody else to agree"
        DENIED = "denied", "Not agreed to"
        LAPSED = "lapsed", "Nobody decided in time"
        MAKING = "making", "Is being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be made"
        EXPIRED = "expired", "The file was removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.TextField(blank=True)
    about = models.TextField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    reason = models.TextField()
    with_values = models.BooleanField(default=False)
    refs = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices)
    asked_by_id = models.TextField()
    asked_by_label = models.TextField()
    asked_at = models.DateTimeField()
    decided_by_id = models.TextField(blank=True)
    decided_by_label = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)

    if TYPE_CHECKING:
        parts: RelatedManager["EvidencePart"]

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="audit_evidence_page"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["waiting", "making", "ready"]),
                name="audit_evidence_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["tenant", "grant", "case", "person", "control", "period"]),
                name="audit_evidence_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "denied", "lapsed", "making", "ready", "failed", "expired"]
                ),
                name="audit_evidence_state",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(about="") & ~Q(asked_by_id=""), name="audit_evidence_says_why"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id="") | ~Q(decided_by_id=F("asked_by_id")),
                name="audit_evidence_two_people",
            ),
            models.CheckConstraint(
                condition=Q(with_values=False)
                | Q(state__in=["waiting", "lapsed"])
                | (~Q(decided_by_id="") & Q(decided_at__isnull=False)),
                name="audit_evidence_values_need_a_yes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "expired"])
                | (Q(events__isnull=False, size__isnull=False, expires_at__isnull=False) & ~Q(digest="")),
                name="audit_evidence_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(state="failed") | Q(failure=""), name="audit_evidence_failure_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.about

    def get_absolute_url(self) -> str:
        """Return the path of the pack's page."""
        return reverse("audit:evidence-pack", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return the pack as the object of an event."""
        return Ref("evidence_pack", str(self.pk), self.about)

    def place(self) -> dict[str, Any]:
        """Return the tenant and the trail that events about the pack carry, as `record` takes them."""
        return place_of_refs(self.refs)

    @property
    def file_name(self) -> str:
        """Return the name under which people keep the file."""
        return f"evidence-{self.kind}-{self.asked_at:%Y-%m-%d}-{str(self.pk)[:8]}.zip"


class EvidencePart(models.Model):
    """A piece of a pack's file. The pieces are removed when the file expires, and never changed: a trigger holds it."""

    pack = models.ForeignKey(EvidencePack, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["pack", "number"], name="audit_evidencepart_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.pack_id}"


class EvidenceProgress(models.Model):
    """How far the making is, for the page that waits for it: no evidence, and written without events.

    `beat_at` is the last sign of life of whoever makes it; empty where nobody does.
    """

    pack = models.OneToOneField(EvidencePack, models.PROTECT, primary_key=True, related_name="progress")
    stage = models.TextField()
    percent = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.stage
