import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from grants.models.case import Case
from grants.models.grant import Grant
from grants.models.request import AccessRequest


class Outbox(models.Model):
    """One thing that people should be told, written in the verb's transaction and delivered by a task. Never a source of truth.

    `to` names people who are told besides those whom the kind concerns. `about` is the moment a reminder reminds of: one reminder each.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "A request waits for a decision"
        APPROVED = "approved", "A request was approved"
        AUTO_APPROVED = "auto_approved", "A request was approved by the policy"
        PART_APPROVED = "part_approved", "A request waits for a further approval"
        DENIED = "denied", "A request was denied"
        WITHDRAWN = "withdrawn", "A request was withdrawn"
        LAPSED = "lapsed", "A request lapsed"
        ASKED_BACK = "asked_back", "A request came back with a question"
        ANSWERED = "answered", "A question was answered"
        WAITING = "waiting", "A request still waits"
        LAPSES_SOON = "lapses_soon", "A request lapses soon"
        EXTENDED = "extended", "Access was extended"
        HANDED_OVER = "handed_over", "Access was handed over"
        STARTED = "started", "Access started"
        ENDS_SOON = "ends_soon", "Access ends soon"
        NARROWED = "narrowed", "Access was narrowed by a new policy"
        UNFIT = "unfit", "Access no longer fits its approval"
        REVOKED = "revoked", "Access was revoked"
        ENDED = "ended", "Access ended"
        BROKE_GLASS = "broke_glass", "Somebody broke glass"
        REVIEW_DUE = "review_due", "An emergency access waits for its review"
        REVIEWED = "reviewed", "An emergency access was reviewed"
        CONSENT_ASKED = "consent_asked", "A customer was asked"
        CONSENT_GIVEN = "consent_given", "A customer agreed"
        CONSENT_REFUSED = "consent_refused", "A customer refused"
        CONSENT_SILENT = "consent_silent", "A customer did not answer"
        CASE_RECEIVED = "case_received", "The helpdesk opened a case"
        CASE_PASSED_ON = "case_passed_on", "A case of somebody who left was passed on"
        RIGHTS_PASSED_ON = "rights_passed_on", "Standing rights of somebody who left were passed on"
        PRODUCT_PROBLEM = "product_problem", "The same trouble came back"
        POLICY_PROPOSED = "policy_proposed", "A policy waits for its activation"
        POLICY_ACTIVATED = "policy_activated", "A new policy is in force"
        EVIDENCE_WAITS = "evidence_waits", "An evidence pack waits for somebody's yes"
        EVIDENCE_AGREED = "evidence_agreed", "An evidence pack was agreed to"
        EVIDENCE_DENIED = "evidence_denied", "An evidence pack was not agreed to"
        EVIDENCE_LAPSED = "evidence_lapsed", "An evidence pack lapsed"
        MONTH_DUE = "month_due", "A month of the log may be archived"
        USE_FLAGGED = "use_flagged", "A rule flagged somebody's use"
        USE_ESCALATED = "use_escalated", "A reviewer handed a flag on"
        USE_QUESTIONED = "use_questioned", "A customer asks about an access"
        REVIEWS_WAIT = "reviews_wait", "Standing access waits for its review"
        REVIEWS_LATE = "reviews_late", "A review of standing access is late"
        NEW_DEVICE = "new_device", "Somebody signed in from a new browser"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", null=True, blank=True)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="+", null=True, blank=True)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+", null=True, blank=True)
    to = ArrayField(models.UUIDField(), default=list, blank=True)
    path = models.CharField(max_length=200, blank=True)
    about = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["made_at"]
        verbose_name_plural = "outbox"
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(delivered_at__isnull=True, dead_at__isnull=True),
                name="grants_outbox_waiting",
            ),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="grants_outbox_dead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(dead_at__isnull=True), name="grants_outbox_one_end"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False) | ~Q(path=""), name="grants_outbox_leads_somewhere"
            ),
            models.UniqueConstraint(
                fields=["kind", "request", "grant", "about"],
                condition=Q(about__isnull=False),
                nulls_distinct=False,
                name="grants_outbox_reminds_once",
            ),
        ]

    def __str__(self) -> str:
        return Outbox.Kind(self.kind).label


class Notice(models.Model):
    """One line in one person's inbox: a sentence without personal data, and a path that asks for sign-in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outbox = models.ForeignKey(Outbox, models.PROTECT, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    sentence = models.TextField()
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(
                fields=["person", "-made_at"], condition=Q(read_at__isnull=True), name="grants_notice_unread"
            ),
            models.Index(fields=["person", "-made_at"], name="grants_notice_by_person"),
        ]
        constraints = [models.UniqueConstraint(fields=["outbox", "person"], name="grants_notice_once")]

    def __str__(self) -> str:
        return self.sentence


class Delivery(models.Model):
    """One message on its way out of the console: to one person's mailbox, or to one webhook of the policy.

    Its id goes with every try, so that a receiver knows a repetition. A try counts when it begins: a worker that dies in the middle
    leaves a row that is tried again.
    """

    EMAIL = "email"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    outbox = models.ForeignKey(Outbox, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=60)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    sentence = models.TextField()
    path = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["made_at"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["channel", "attempts", "next_try_at"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True, dead_at__isnull=True),
                name="grants_delivery_waiting",
            ),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="grants_delivery_dead"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outbox", "channel", "person"], nulls_distinct=False, name="grants_delivery_once"
            ),
            models.CheckConstraint(
                condition=(Q(sent_at__isnull=True) & (Q(dropped_at__isnull=True) | Q(dead_at__isnull=True)))
                | Q(dropped_at__isnull=True, dead_at__isnull=True),
                name="grants_delivery_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outbox} by {self.channel}"
