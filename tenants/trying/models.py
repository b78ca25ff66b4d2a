import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.refs import Ref


class PanelTrial(models.Model):
    """One real ticket on which a panel of one policy version was tried. Append-only: the newest row of a ticket counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    policy_version = models.CharField(max_length=64)
    panel = models.CharField(max_length=60)
    ticket = models.CharField(max_length=40)
    answered = models.BooleanField()
    word = models.CharField(max_length=300, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["policy_version", "panel"], name="tenants_trial_by_panel")]
        constraints = [
            models.CheckConstraint(condition=~Q(ticket=""), name="tenants_trial_has_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.panel} on {self.ticket}"

    def as_ref(self) -> Ref:
        """Return the trial as the object of an event."""
        return Ref("panel trial", str(self.pk), str(self))
