import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from grants.models.request import AccessRequest

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Approval(models.Model):
    """One decision by one person, bound to the digest of exactly what was shown. Append-only.

    `requester` and `person` are copies held equal to the request's by a foreign key over all three, so that a check can refuse a decider
    who is one of them (NIST AC-5).
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", "Approved"
        DENY = "deny", "Denied"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="approvals")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=8, choices=Decision.choices)
    digest = models.CharField(max_length=64)
    round = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    scope_count = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    policy_version = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    if TYPE_CHECKING:
        scopes: RelatedManager["ApprovalScope"]

    class Meta:
        ordering = ["decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "round", "decider"], name="grants_approval_one_per_person"
            ),
            models.UniqueConstraint(fields=["id", "request"], name="grants_approval_request_key"),
            models.CheckConstraint(
                condition=~Q(decider=F("requester")) & ~Q(decider=F("person")),
                name="grants_approval_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(decision="approve", minutes__gte=1, scope_count__gte=1)
                | (Q(decision="deny", minutes__isnull=True, scope_count=0) & ~Q(comment="")),
                name="grants_approval_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.decider}"


class ApprovalScope(models.Model):
    """One scope that an approval lets through; a foreign key over request and scope holds it inside what was asked. Append-only."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="scopes")
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="+")
    scope = models.CharField(max_length=100)

    class Meta:
        ordering = ["scope"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "scope"], name="grants_approvalscope_once")
        ]

    def __str__(self) -> str:
        return self.scope
