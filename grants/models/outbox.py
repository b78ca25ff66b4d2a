import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from grants.models.case import Case
from grants.models.grant import Grant
from grants.models.request import AccessRequest


class Outbox(models.Model):
    """One thing that people should be told, written in the verb's transaction and delivered by a task. Never a source of truth."""

    class Kind(models.TextChoices):
        ASKED = "asked", "A request waits for a decision"
        APPROVED = "approved", "A request was approved"
        PART_APPROVED = "part_approved", "A request waits for a further approval"
        DENIED = "denied", "A request was denied"
        WITHDRAWN = "withdrawn", "A request was withdrawn"
        LAPSED = "lapsed", "A request lapsed"
        ASKED_BACK = "asked_back", "A request came back with a question"
        ANSWERED = "answered", "A question was answered"
        HANDED_OVER = "handed_over", "Access was handed over"
        STARTED = "started", "Access started"
        ENDED = "ended", "Access ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="+", null=True, blank=True)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["made_at"]
        verbose_name_plural = "outbox"
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
                name="grants_outbox_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(dead_at__isnull=True), name="grants_outbox_one_end"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Notice(models.Model):
    """One line in one person's inbox: a sentence without personal data, and a path that asks for sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outbox = models.ForeignKey(Outbox, models.PROTECT, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    sentence = models.TextField()
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(
                fields=["person", "-made_at"], condition=Q(read_at__isnull=True), name="grants_notice_unread"
            ),
            models.Index(fields=["person", "-made_at"], name="grants_notice_by_person"),
        ]
        constraints = [models.UniqueConstraint(fields=["outbox", "person"], name="grants_notice_once")]

    def __str__(self) -> str:
        return self.sentence
