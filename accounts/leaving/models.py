from django.conf import settings
from django.db import models


class LeaveCall(models.Model):
    """One signed call that somebody has left, and the answer it got. Append-only: the same id gets the same answer again."""

    key = models.CharField(max_length=200, primary_key=True)
    body_digest = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["-received_at"], name="accounts_leavecall_lately")]

    def __str__(self) -> str:
        return self.key
