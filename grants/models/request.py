import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.roles import CONSEQUENCES
from audit.refs import Ref, Trail
from grants.access_rules import DAY
from grants.models.case import Case
from tenants.models import Tenant

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from grants.models.approval import Approval


class AccessRequest(models.Model):
    """One question: may this person look at, or do, these things on this tenant for so long.

    What was asked never changes; `status`, `digest` and `round` move on. `digest` covers exactly what a decider is shown now,
    `round` counts how often the question was sent back and answered: only decisions of the present round count.
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        ASKED_BACK = "asked_back", "Sent back with a question"
        APPROVED = "approved", "Approved"
        DENIED = "denied", "Denied"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for"
        BREAK_GLASS = "break_glass", "Break-glass"

    OPEN = (Status.PENDING, Status.ASKED_BACK)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    environment = models.TextField(blank=True)
    region = models.TextField(blank=True)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="access_requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ASKED, db_default="asked")
    preset = models.CharField(max_length=60, blank=True, default="", db_default="")
    extends = models.ForeignKey(
        "grants.Grant", models.PROTECT, related_name="extensions", null=True, blank=True
    )
    reason = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    policy_version = models.CharField(max_length=64)
    longest_minutes = models.PositiveSmallIntegerField()
    approvals_needed = models.PositiveSmallIntegerField()
    scope_count = models.PositiveSmallIntegerField()
    same_as = models.CharField(max_length=64, editable=False)
    digest = models.CharField(max_length=64)
    round = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    asked_at = models.DateTimeField()
    pending_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        scopes: RelatedManager["RequestScope"]
        messages: RelatedManager["RequestMessage"]
        approvals: RelatedManager["Approval"]

    class Meta:
        ordering = ["asked_at"]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(status="pending"), name="grants_request_queue"),
            models.Index(
                fields=["pending_until"], condition=Q(closed_at__isnull=True), name="grants_request_lapse"
            ),
            models.Index(fields=["person", "-asked_at"], name="grants_request_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["same_as"], condition=Q(closed_at__isnull=True), name="grants_request_asked_once"
            ),
            models.UniqueConstraint(fields=["id", "requester", "person"], name="grants_request_people_key"),
            models.UniqueConstraint(fields=["id", "case", "tenant"], name="grants_request_place_key"),
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "asked_back", "approved", "denied", "withdrawn", "lapsed"]
                ),
                name="grants_request_status",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=F("longest_minutes"), longest_minutes__lte=DAY),
                name="grants_request_minutes",
            ),
            models.CheckConstraint(
                condition=Q(scope_count__gte=1, round__gte=1)
                & (
                    Q(kind="asked", approvals_needed__gte=1)
                    | Q(
                        kind="break_glass",
                        approvals_needed=0,
                        requester=F("person"),
                        starts_at__isnull=True,
                        extends__isnull=True,
                    )
                ),
                name="grants_request_counts",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(digest=""), name="grants_request_says_why"),
            models.CheckConstraint(
                condition=Q(pending_until__gt=F("asked_at")), name="grants_request_pending_until"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "asked_back"], closed_at__isnull=True)
                | (~Q(status__in=["pending", "asked_back"]) & Q(closed_at__isnull=False)),
                name="grants_request_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"request under {self.case}"

    def get_absolute_url(self) -> str:
        """Return the path of the request's page."""
        return reverse("grants:request", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return the request as the object of an event."""
        return Ref("request", str(self.pk), str(self))

    def trail(self) -> Trail:
        """Return what events of this request hang on."""
        return Trail(case_id=self.case_id, ticket=self.case.ticket, request_id=self.pk)


class RequestScope(models.Model):
    """One scope that was asked for, with the consequence it had then."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="scopes")
    scope = models.CharField(max_length=100)
    consequence = models.CharField(max_length=12)

    class Meta:
        ordering = ["scope"]
        constraints = [
            models.UniqueConstraint(fields=["request", "scope"], name="grants_requestscope_once"),
            models.CheckConstraint(
                condition=Q(consequence__in=CONSEQUENCES), name="grants_requestscope_consequence"
            ),
        ]

    def __str__(self) -> str:
        return self.scope


class RequestMessage(models.Model):
    """A decider's question or the answer to it. Append-only; an answer begins a new round, in which no earlier decision counts."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Asked"
        ANSWER = "answer", "Answered"

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["said_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="grants_requestmessage_says_something")
        ]

    def __str__(self) -> str:
        return self.text
