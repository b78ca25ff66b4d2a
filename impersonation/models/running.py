import uuid

from django.db import models
from django.db.models import Q

from audit.refs import Ref
from impersonation.models.session import SupportSession


class ActionRun(models.Model):
    """One run of one approved action. Its id is the idempotency key that the product keeps, so that it happens once.

    The row is committed before the product is asked; `outcome` is written once afterwards, empty means that it is under way. Values are not
    kept here: the event holds those that the policy calls safe, and commitments to the others.
    """

    class Outcome(models.TextChoices):
        OK = "ok", "Done"
        REFUSED = "refused", "The product refused"
        FAILED = "failed", "It failed"
        UNKNOWN = "unknown", "Nobody knows"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(SupportSession, models.PROTECT, related_name="runs")
    action = models.CharField(max_length=100)
    label = models.CharField(max_length=200)
    scope = models.CharField(max_length=100)
    consequence = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["session", "-started_at"], name="impersonation_run_by_session")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", finished_at__isnull=True)
                | Q(outcome__in=["ok", "refused", "failed", "unknown"], finished_at__isnull=False),
                name="impersonation_run_one_outcome",
            )
        ]

    def __str__(self) -> str:
        return self.label

    def as_ref(self) -> Ref:
        """Return the run as the object of an event."""
        return Ref("action run", str(self.pk), self.label)
