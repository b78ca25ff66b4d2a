import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.refs import Ref
from grants.models.grant import Grant
from grants.models.review import GrantReview

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class UseFinding(models.Model):
    """What matching an approval with its sealed use found about one access, or its customer asks: one row for each kind. Append-only.

    `words` is what could be said at that moment; the events it rests on stand in `FindingEvent`.
    """

    class Kind(models.TextChoices):
        NEVER_USED = "never_used", "Never used"
        AFTER_END = "after_end", "Used after its end"
        TWICE = "twice", "Used twice"
        TOGETHER = "together", "Same browser"
        QUESTIONED = "questioned", "The customer asks"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.TextField()
    found_at = models.DateTimeField()

    if TYPE_CHECKING:
        events: RelatedManager["FindingEvent"]
        said: RelatedManager["FindingWord"]

    class Meta:
        ordering = ["-found_at"]
        indexes = [models.Index(fields=["-found_at"], name="grants_finding_lately")]
        constraints = [
            models.UniqueConstraint(fields=["grant", "kind"], name="grants_finding_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["never_used", "after_end", "twice", "together", "questioned"])
                & ~Q(words=""),
                name="grants_finding_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        """Return where it stands in the list of the reviewers."""
        return f"{reverse('desk:reviews')}#finding-{self.pk}"

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("finding", str(self.pk), str(self))


class FindingEvent(models.Model):
    """One event of the log that a finding rests on: by its id and time, for the log has no foreign keys. Append-only."""

    finding = models.ForeignKey(UseFinding, models.PROTECT, related_name="events")
    event_id = models.UUIDField()
    event_at = models.DateTimeField()

    class Meta:
        ordering = ["event_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "event_id"], name="grants_findingevent_once")
        ]

    def __str__(self) -> str:
        return str(self.event_id)


class FindingWord(models.Model):
    """The word with which a named person closed a finding, after so many events of it. Append-only; one more event opens it again.

    A trigger refuses somebody who asked for the access, held it, ended it or decided on it (NIST AC-5).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(UseFinding, models.PROTECT, related_name="said")
    after = models.PositiveIntegerField()
    word = models.CharField(max_length=10, choices=GrantReview.Word.choices)
    comment = models.TextField(blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="grants_findingword_lately")]
        constraints = [
            models.UniqueConstraint(fields=["finding", "after"], name="grants_findingword_once"),
            models.CheckConstraint(
                condition=Q(word="in_order")
                | (Q(word__in=["talked", "policy", "incident"]) & ~Q(comment="")),
                name="grants_findingword_word",
            ),
        ]

    def __str__(self) -> str:
        return self.get_word_display()


class PeriodReview(models.Model):
    """The mark that a period was reviewed: what was closed in it and what stayed open, with the reason. Append-only, one after the other.

    `until` is the moment of the mark. `matched_log` and `matched_to` name the last entry of the sealed log that was matched by then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    closed = models.PositiveIntegerField()
    left_open = models.PositiveIntegerField()
    comment = models.TextField(blank=True)
    matched_log = models.PositiveIntegerField()
    matched_to = models.BigIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__lt=F("until"), number__gte=1), name="grants_periodreview_period"
            ),
            models.CheckConstraint(
                condition=Q(left_open=0) | ~Q(comment=""), name="grants_periodreview_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"period {self.number}"

    @property
    def found(self) -> int:
        """Return how many findings the reviewer had before them: those closed in the period and those that stayed open."""
        return self.closed + self.left_open

    @property
    def found_words(self) -> str:
        """Return that number in words."""
        return f"{self.found} finding{'' if self.found == 1 else 's'}"

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("period", str(self.pk), str(self))


class MatchPlace(models.Model):
    """How far the sealed log was matched: one row, moved on in the transaction that writes what was found."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    log = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="grants_matchplace_one")]

    def __str__(self) -> str:
        return f"entry {self.position} of log {self.log}"
