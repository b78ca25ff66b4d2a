import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from audit.refs import Ref, place_of_refs


class LegalHold(models.Model):
    """While it stands, nothing it covers is erased or archived: PostgreSQL refuses both, by `audit_held()` of the migrations.

    What was placed never changes, and it is lifted once, by somebody else: a trigger and a constraint hold it.
    """

    class Kind(models.TextChoices):
        TENANT = "tenant", "Tenant"
        CASE = "case", "Case"
        PERSON = "person", "Person"
        PERIOD = "period", "Everything in a time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    subject = models.TextField(blank=True)
    about = models.TextField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ticket = models.TextField()
    reason = models.TextField()
    refs = models.JSONField(default=dict)
    placed_by_id = models.TextField()
    placed_by_label = models.TextField()
    placed_at = models.DateTimeField()
    lifted_by_id = models.TextField(blank=True)
    lifted_by_label = models.TextField(blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="period", subject="") & (Q(since__isnull=False) | Q(until__isnull=False))
                | (Q(kind__in=["tenant", "case", "person"]) & ~Q(subject="")),
                name="audit_hold_names_something",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(ticket="") & ~Q(about="") & ~Q(placed_by_id=""),
                name="audit_hold_says_why",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="audit_hold_time",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by_id="", lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by_id="") & ~Q(lift_reason="")),
                name="audit_hold_lifted_whole",
            ),
            models.CheckConstraint(
                condition=~Q(lifted_by_id=F("placed_by_id")), name="audit_hold_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.about

    def as_ref(self) -> Ref:
        """Return the hold as the object of an event."""
        return Ref("legal_hold", str(self.pk), self.about)

    def place(self) -> dict[str, Any]:
        """Return the tenant and the trail that events about the hold carry, as `record` takes them."""
        return place_of_refs(self.refs, ticket=self.ticket)


class MonthArchive(models.Model):
    """A month of the log that was taken out into a signed file. `ranges` are the positions of its entries, by number of the log.

    Written by the owner of the tables in the transaction that drops the month; the app's role only reads it.
    """

    month = models.CharField(max_length=7, primary_key=True)
    event_id = models.UUIDField()
    events = models.BigIntegerField()
    ranges = models.JSONField()
    file = models.TextField()
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    archived_at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(events__gt=0, size__gt=0), name="audit_montharchive_is_whole")
        ]

    def __str__(self) -> str:
        return self.month
