import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.refs import Ref
from tenants.models import Tenant

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class UnusualFlag(models.Model):
    """What a rule of `unusual.toml` found about one person's use, in the words and numbers of that moment. Append-only.

    `key` tells one finding of a rule from the next: the event that reached the threshold, the day, the access, the role.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField(max_length=10)
    key = models.CharField(max_length=120)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", null=True)
    words = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    found_at = models.DateTimeField()
    policy_version = models.CharField(max_length=64)

    if TYPE_CHECKING:
        events: RelatedManager["FlagEvent"]
        said: RelatedManager["FlagWord"]

    class Meta:
        ordering = ["-found_at"]
        indexes = [
            models.Index(fields=["-found_at"], name="grants_flag_lately"),
            models.Index(fields=["rule", "person", "-until"], name="grants_flag_by_rule"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["rule", "person", "key"], name="grants_flag_once"),
            models.CheckConstraint(
                condition=~Q(rule="") & ~Q(words="") & Q(since__lte=F("until")), name="grants_flag_says"
            ),
        ]

    def __str__(self) -> str:
        return f"flag {self.rule}"

    def get_absolute_url(self) -> str:
        """Return where it stands in the list of the reviewers."""
        return f"{reverse('desk:reviews')}#flag-{self.pk}"

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("flag", str(self.pk), str(self))


class FlagEvent(models.Model):
    """One event of the log that a flag rests on: by its id and time, for the log has no foreign keys. Append-only."""

    flag = models.ForeignKey(UnusualFlag, models.PROTECT, related_name="events")
    event_id = models.UUIDField()
    event_at = models.DateTimeField()

    class Meta:
        ordering = ["event_at", "id"]
        constraints = [models.UniqueConstraint(fields=["flag", "event_id"], name="grants_flagevent_once")]

    def __str__(self) -> str:
        return str(self.event_id)


class FlagWord(models.Model):
    """What a named person said of a flag. Dismissed closes it; escalated hands it on, and it can be dismissed after that. Append-only.

    A trigger refuses the person whom the flag is about (NIST AC-5).
    """

    class Word(models.TextChoices):
        DISMISSED = "dismissed", "Dismissed"
        ESCALATED = "escalated", "Escalated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(UnusualFlag, models.PROTECT, related_name="said")
    word = models.CharField(max_length=10, choices=Word.choices)
    comment = models.TextField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="grants_flagword_lately")]
        constraints = [
            models.UniqueConstraint(fields=["flag", "word"], name="grants_flagword_once"),
            models.CheckConstraint(
                condition=Q(word__in=["dismissed", "escalated"]) & ~Q(comment=""), name="grants_flagword_says"
            ),
        ]

    def __str__(self) -> str:
        return self.get_word_display()


class FlagPlace(models.Model):
    """How far the rules have read the sealed log: one row, moved on in the transaction that writes what was found."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    log = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="grants_flagplace_one")]

    def __str__(self) -> str:
        return f"entry {self.position} of log {self.log}"
