import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from accounts.roles import CONSEQUENCES
from audit.refs import Ref, Trail
from grants.models.case import Case
from grants.models.request import AccessRequest
from tenants.models import Tenant

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class GrantQuerySet(models.QuerySet["Grant"]):
    def live_at(self, moment: datetime) -> "GrantQuerySet":
        """Return the grants that give access at one moment of the database's clock (design.md, law 1)."""
        return self.filter(ended_at__isnull=True, starts_at__lte=moment, expires_at__gt=moment)


class Grant(models.Model):
    """A window of access. `starts_at`, `expires_at` and `ended_at` decide; `status` is the record that the sweeps write afterwards.

    `counts_from` is where its length is counted from: its own start, or that of the access it was handed over from. A trigger writes it.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Starts later"
        LIVE = "live", "Live"
        ENDED = "ended", "Ended"

    class Cause(models.TextChoices):
        EXPIRED = "expired", "Its time was over"
        GIVEN_BACK = "given_back", "Given back"
        REVOKED = "revoked", "Revoked"
        CLOSED = "closed", "The case was closed"
        OFF_BOARDED = "off_boarded", "The person left"
        SUSPENDED = "suspended", "The tenant was suspended"
        POLICY = "policy", "The policy changed"
        HANDED_OVER = "handed_over", "Handed over"
        CUSTOMER = "customer", "The customer no longer agreed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="grants")
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="grants")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices)
    starts_at = models.DateTimeField()
    counts_from = models.DateTimeField(editable=False, db_default=Now())
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=12, choices=Cause.choices, blank=True)
    handed_over_from = models.ForeignKey(
        "self", models.PROTECT, related_name="handed_over_to", null=True, blank=True
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = GrantQuerySet.as_manager()

    if TYPE_CHECKING:
        scopes: RelatedManager["GrantScope"]

    class Meta:
        ordering = ["-starts_at"]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="grants_grant_due"),
            models.Index(
                fields=["starts_at"], condition=Q(status="scheduled"), name="grants_grant_scheduled"
            ),
            models.Index(fields=["person", "-starts_at"], name="grants_grant_by_person"),
            models.Index(fields=["expires_at"], name="grants_grant_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(handed_over_from__isnull=True),
                name="grants_grant_one_per_request",
            ),
            models.UniqueConstraint(fields=["handed_over_from"], name="grants_grant_handed_over_once"),
            models.UniqueConstraint(fields=["id", "person", "tenant"], name="grants_grant_holder_key"),
            models.CheckConstraint(
                condition=Q(status__in=["scheduled", "live", "ended"]), name="grants_grant_status"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="grants_grant_window"),
            models.CheckConstraint(
                condition=Q(counts_from__lte=F("starts_at")), name="grants_grant_counts_from"
            ),
            models.CheckConstraint(
                condition=(~Q(status="ended") & Q(ended_at__isnull=True, end_cause="", ended_by__isnull=True))
                | (Q(status="ended", ended_at__isnull=False) & ~Q(end_cause="")),
                name="grants_grant_ended_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(end_cause="expired") | Q(ended_at__gte=F("expires_at"), ended_by__isnull=True),
                name="grants_grant_expired_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"access under {self.case}"

    def get_absolute_url(self) -> str:
        """Return the path of the grant's page."""
        return reverse("grants:grant", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return the grant as the object of an event."""
        return Ref("grant", str(self.pk), str(self))

    def trail(self) -> Trail:
        """Return what events of this grant hang on."""
        return Trail(
            case_id=self.case_id, ticket=self.case.ticket, request_id=self.request_id, grant_id=self.pk
        )


class GrantScope(models.Model):
    """One scope of a grant. The columns from `person` to `until` are copies that triggers keep equal to the grant's.

    They carry the exclusion constraint: one person never holds one scope of one tenant twice at one time.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="scopes")
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="+")
    scope = models.CharField(max_length=100)
    consequence = models.CharField(max_length=12)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["scope"]
        indexes = [
            models.Index(fields=["person", "tenant", "scope", "until"], name="grants_grantscope_check")
        ]
        constraints = [
            models.UniqueConstraint(fields=["grant", "scope"], name="grants_grantscope_once"),
            models.CheckConstraint(
                condition=Q(consequence__in=CONSEQUENCES), name="grants_grantscope_consequence"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("starts_at")), name="grants_grantscope_window"),
        ]

    def __str__(self) -> str:
        return self.scope
