import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from grants.models.case import Case


class CaseNote(models.Model):
    """What somebody wrote down on a case. Append-only: the newest of a kind counts, earlier ones stay. Without author: the helpdesk's."""

    class Kind(models.TextChoices):
        FAILED = "failed", "What failed"
        SEEN_BY = "seen_by", "Who saw it"
        IDENTITY = "identity", "How the customer's identity was confirmed"
        NOTE = "note", "Internal note"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="written")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["failed", "seen_by", "identity", "note"]) & ~Q(text=""),
                name="grants_casenote_says_something",
            )
        ]

    def __str__(self) -> str:
        return self.text


class HookCall(models.Model):
    """One signed call of the helpdesk and the answer it got. Append-only: the same id gets the same answer and opens no second case."""

    key = models.CharField(max_length=200, primary_key=True)
    body_digest = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, blank=True)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["-received_at"], name="grants_hookcall_lately")]

    def __str__(self) -> str:
        return self.key
