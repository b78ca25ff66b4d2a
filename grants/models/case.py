import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.refs import Ref, Trail
from tenants.models import Tenant


class Case(models.Model):
    """A support ticket in the console. Requests, grants and sessions hang on it. One from the helpdesk may wait for an owner."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.CharField(max_length=64)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="cases")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="cases", null=True, blank=True
    )
    issue = models.TextField()
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["owner", "-opened_at"], name="grants_case_by_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "tenant", "ticket"],
                condition=Q(status="open"),
                name="grants_case_one_open_per_ticket",
            ),
            models.UniqueConstraint(
                fields=["tenant", "ticket"],
                condition=Q(status="open", owner__isnull=True),
                name="grants_case_one_waiting_per_ticket",
            ),
            models.UniqueConstraint(fields=["id", "tenant"], name="grants_case_tenant_key"),
            models.CheckConstraint(condition=Q(status__in=["open", "closed"]), name="grants_case_status"),
            models.CheckConstraint(condition=~Q(ticket="") & ~Q(issue=""), name="grants_case_says_what"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | Q(status="closed", closed_at__isnull=False),
                name="grants_case_closed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.ticket}"

    def get_absolute_url(self) -> str:
        """Return the path of the case's page."""
        return reverse("grants:case", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return the case as the object of an event."""
        return Ref("case", str(self.pk), str(self))

    def trail(self) -> Trail:
        """Return what events of this case hang on."""
        return Trail(case_id=self.pk, ticket=self.ticket)


class Closeout(models.Model):
    """How a case ended: what was found, and what the database said of its access at that moment. Append-only.

    `found` lists what was looked for and how it stood; `kept_because` says why something that was added meanwhile stays.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="closeout")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    resolved = models.BooleanField()
    product_problem = models.BooleanField()
    summary = models.TextField()
    grants_ended = models.PositiveSmallIntegerField()
    found = models.JSONField(default=list)
    kept_because = models.TextField(blank=True)
    closed_at = models.DateTimeField()

    class Meta:
        ordering = ["-closed_at"]
        constraints = [models.CheckConstraint(condition=~Q(summary=""), name="grants_closeout_says_how")]

    def __str__(self) -> str:
        return self.summary
