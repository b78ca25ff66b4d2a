import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.rights.models import StandingRight
from audit.refs import Ref

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Campaign(models.Model):
    """One access review: what it is about, until when, and its result. A closed one never changes again.

    `quarter` names the one that each quarter begins with. `digest` is the SHA-256 of the result as it can be fetched; the event that
    closed it carries the same, so that the signed log proves the file.
    """

    class About(models.TextChoices):
        EVERYTHING = "everything", "Everybody and everything"
        TENANT = "tenant", "One customer"
        ROLE = "role", "One role"
        TEAM = "team", "All that the people of one role hold"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    about = models.CharField(max_length=10, choices=About.choices)
    subject = models.CharField(max_length=120, blank=True)
    quarter = models.CharField(max_length=7, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    reminded = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    policy_version = models.CharField(max_length=64)

    if TYPE_CHECKING:
        items: RelatedManager["CampaignItem"]

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarter"], condition=~Q(quarter=""), name="grants_campaign_once_a_quarter"
            ),
            models.CheckConstraint(
                condition=Q(about="everything", subject="")
                | (Q(about__in=["tenant", "role", "team"]) & ~Q(subject="")),
                name="grants_campaign_about",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("opened_at")) & ~Q(title=""), name="grants_campaign_window"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, digest="", closed_by__isnull=True)
                | (Q(closed_at__isnull=False) & ~Q(digest="")),
                name="grants_campaign_closed_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("grants:campaign", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("access_review", str(self.pk), self.title)


class CampaignItem(models.Model):
    """One role or right of one person in one access review, as it stood when the review began, and what a second person decided.

    `reviewer` is asked; anybody else who reviews may answer, the holder never (NIST AC-5). An answered line never changes again.
    """

    class Kind(models.TextChoices):
        ROLE = "role", "Role"
        RIGHT = "right", "Standing right"

    class Decision(models.TextChoices):
        KEEP = "keep", "Kept"
        REDUCE = "reduce", "Reduced"
        END = "end", "Ended"
        LATE = "late", "Nobody looked in time: ended"
        TOLD = "told", "Nobody looked in time: stays"
        GONE = "gone", "Was over already"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    role = models.CharField(max_length=60, blank=True)
    right = models.ForeignKey(StandingRight, models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=600)
    since = models.DateTimeField()
    owner = models.CharField(max_length=120, blank=True)
    reason = models.TextField(blank=True)
    last_used_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=6, choices=Decision.choices, blank=True)
    outcome = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place"]
        indexes = [
            models.Index(fields=["reviewer"], condition=Q(decision=""), name="grants_campaignitem_open")
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "place"], name="grants_campaignitem_place"),
            models.CheckConstraint(
                condition=(Q(kind="role", right__isnull=True) & ~Q(role="")) | Q(kind="right", right__isnull=False, role=""),
                name="grants_campaignitem_kind",
            ),
            models.CheckConstraint(
                condition=~Q(reviewer=F("person")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("person"))),
                name="grants_campaignitem_not_by_its_holder",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | Q(decision__in=["keep", "reduce", "end"], decided_at__isnull=False, decided_by__isnull=False)
                | Q(decision__in=["late", "told", "gone"], decided_at__isnull=False),
                name="grants_campaignitem_decided",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person}: {self.what}"
