import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.refs import Ref


class PanelAnswer(models.Model):
    """What one person said when a panel asked "did this answer it?". Append-only: a change of mind is one more row, the last one counts."""

    class Verdict(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        GUESSED = "guessed", "Had to guess"
        ASKED = "asked", "Asked engineering"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.CharField(max_length=60)
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    line = models.CharField(max_length=300, blank=True)
    ticket = models.CharField(max_length=40, blank=True)
    policy_version = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="tenants_answer_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["yes", "no", "guessed", "asked"]), name="tenants_answer_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel}: {self.get_verdict_display()}"


class TenantNote(models.Model):
    """What a person of customer success knows of a tenant, with author and time. Append-only: a correction is one more note."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="notes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["tenant", "-at"], name="tenants_note_by_tenant")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="tenants_note_says_something")]

    def __str__(self) -> str:
        return f"note of {self.person}"

    def as_ref(self) -> Ref:
        """Return the note as the object of an event."""
        return Ref("note", str(self.pk), str(self))
