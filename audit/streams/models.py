from django.db import models
from django.db.models import Q


class StreamPosition(models.Model):
    """How far one stream of the log has come: `position` of log `log` is the next entry to hand over.

    One worker at a time has it, until `busy_until`. `tried_until` is the last entry of a batch that was begun, so that every try of it is
    the same. `by_hand` says that somebody set the position, which then counts for more than what a file holds. Never evidence: a receiver
    tells a gap by the numbers of the entries.
    """

    name = models.CharField(max_length=40, primary_key=True)
    log = models.PositiveIntegerField(default=1)
    position = models.PositiveBigIntegerField(default=0)
    tried_until = models.PositiveBigIntegerField(null=True)
    by_hand = models.BooleanField(default=False)
    busy_until = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    last_sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(log__gte=1), name="audit_streamposition_has_log"),
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True, failures=0)
                | Q(failing_since__isnull=False, failures__gt=0),
                name="audit_streamposition_fails_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name
