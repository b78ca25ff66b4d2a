import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.refs import Ref
from grants.models.grant import Grant


class GrantReview(models.Model):
    """One look that a named person took at an access, or at a team's exceptions of one week, and the word they left. Append-only.

    `rules` are the policy's rules that put it on the list then, `numbers` what each of them said. A rule that finds the same access
    later puts it on the list again. A trigger refuses a reviewer who asked for it, held it or decided on it (NIST AC-5).
    """

    class Word(models.TextChoices):
        IN_ORDER = "in_order", "In order"
        TALKED = "talked", "Talked it over with them"
        POLICY = "policy", "The policy should change"
        INCIDENT = "incident", "Handed on as an incident"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="reviews", null=True, blank=True)
    team = models.SlugField(max_length=60, blank=True)
    week = models.DateField(null=True, blank=True)
    rules = ArrayField(models.CharField(max_length=20))
    numbers = ArrayField(models.TextField())
    word = models.CharField(max_length=10, choices=Word.choices)
    comment = models.TextField(blank=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    policy_version = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["-at"], name="grants_review_lately")]
        constraints = [
            models.UniqueConstraint(fields=["team", "week"], name="grants_review_team_once"),
            models.CheckConstraint(
                condition=Q(grant__isnull=False, team="", week__isnull=True)
                | (Q(grant__isnull=True, week__isnull=False) & ~Q(team="")),
                name="grants_review_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(rules=[]), name="grants_review_names_rules"),
            models.CheckConstraint(
                condition=Q(word="in_order")
                | (Q(word__in=["talked", "policy", "incident"]) & ~Q(comment="")),
                name="grants_review_word",
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.grant or self.team}"

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("review", str(self.pk), str(self))
