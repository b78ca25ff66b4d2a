import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from audit.refs import Ref
from grants.models.request import AccessRequest


class BreakGlass(models.Model):
    """One emergency start and the review it owes. Who has an open one cannot break glass again: a unique index holds it.

    Only the review is written later, once, by somebody else; a trigger holds that, and that no row is ever removed.
    """

    class Verdict(models.TextChoices):
        NEEDED = "needed", "It was needed"
        AVOIDABLE = "avoidable", "There was another way"
        WRONG = "wrong", "It should not have happened"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(AccessRequest, models.PROTECT, related_name="glass")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    skipped = models.PositiveSmallIntegerField()
    broken_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    word = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-broken_at"]
        verbose_name_plural = "break-glass starts"
        indexes = [models.Index(fields=["person", "-broken_at"], name="grants_glass_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(reviewed_at__isnull=True), name="grants_glass_one_debt"
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("person")),
                name="grants_glass_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True, reviewed_at__isnull=True, verdict="", word="")
                | (
                    Q(
                        reviewer__isnull=False,
                        reviewed_at__isnull=False,
                        verdict__in=["needed", "avoidable", "wrong"],
                    )
                    & ~Q(word="")
                ),
                name="grants_glass_review",
            ),
        ]

    def __str__(self) -> str:
        return f"break-glass under {self.request.case}"

    def get_absolute_url(self) -> str:
        """Return where the review is written."""
        return reverse("grants:review-glass", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("break-glass", str(self.pk), str(self))
