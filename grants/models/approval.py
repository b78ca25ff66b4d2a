import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from grants.models.request import AccessRequest

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Approval(models.Model):
    """One decision, bound to the digest of exactly what was shown: by one person, or by a named rule of the policy. Append-only.

    `requester` and `person` are copies held equal to the request's by a foreign key over all three, so that a check can refuse a decider
    who is one of them (NIST AC-5). Where the policy decided there is no decider: `rule` names the rule, and `rule_number` of
    `rule_most` says which of the person's that day it is; a unique index holds that no number is used twice.
    """

    class Decision(models.TextChoices):
        APPROVE = "approve", "Approved"
        DENY = "deny", "Denied"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="approvals")
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", null=True, blank=True
    )
    rule = models.CharField(max_length=60, blank=True, default="", db_default="")
    rule_day = models.DateField(null=True, blank=True)
    rule_number = models.PositiveSmallIntegerField(null=True, blank=True)
    rule_most = models.PositiveSmallIntegerField(null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["request", "round"], condition=~Q(rule=""), name="grants_approval_one_by_policy"
            ),
            models.UniqueConstraint(
                fields=["person", "rule", "rule_day", "rule_number"],
                condition=~Q(rule=""),
                name="grants_approval_rule_capped",
            ),
            models.CheckConstraint(
                condition=Q(
                    rule="",
                    decider__isnull=False,
                    rule_day__isnull=True,
                    rule_number__isnull=True,
                    rule_most__isnull=True,
                )
                | (
                    Q(
                        decider__isnull=True,
                        decision="approve",
                        requester=F("person"),
                        rule_day__isnull=False,
                        rule_number__gte=1,
                        rule_number__lte=F("rule_most"),
                        rule_most__lte=100,
                    )
                    & ~Q(rule="")
                ),
                name="grants_approval_by_somebody",
            ),
            models.UniqueConstraint(fields=["id", "request"], name="grants_approval_request_key"),
            models.CheckConstraint(
                condition=Q(decider__isnull=True) | (~Q(decider=F("requester")) & ~Q(decider=F("person"))),
                name="grants_approval_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(decision="approve", minutes__gte=1, scope_count__gte=1)
                | (Q(decision="deny", minutes__isnull=True, scope_count=0) & ~Q(comment="")),
                name="grants_approval_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} by {self.by}"

    @property
    def by(self) -> str:
        """Return who decided, in words: a person's name, or the policy with the name of its rule."""
        return str(self.decider) if self.decider_id else f"The policy, by its rule “{self.rule}”"


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
