import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import SignIn
from audit.refs import Ref, Trail
from grants.models import Case, Grant
from tenants.models import Tenant


class SupportSession(models.Model):
    """One agent's working context under one grant, for one tenant, as one customer user or as nobody.

    The grant is its only source of power: PostgreSQL refuses a session that leaves its holder, tenant, case, scopes or time. Whether it
    lives is decided when it is used (`impersonation.queries.state_of`); `ended_at` and `cause` are the record, written once.
    """

    class Mode(models.TextChoices):
        VIEW = "view", "Looks"
        ACT = "act", "Acts"
        CONSOLE = "console", "In the console only"

    class Cause(models.TextChoices):
        LEFT = "left", "The agent ended it"
        TIME = "time", "Its time was over"
        IDLE = "idle", "Nobody used it"
        GRANT = "grant", "The access under it ended"
        NARROWED = "narrowed", "The access under it became less"
        DEMOTED = "demoted", "The agent lost the right to it"
        OFF_BOARDED = "off_boarded", "The agent left"
        SIGNED_OUT = "signed_out", "The agent signed out"
        PASSWORD = "password", "The agent's password changed"
        SUBJECT = "subject", "The customer user was switched off or promoted"
        SUSPENDED = "suspended", "The tenant was suspended"
        LEAD = "lead", "Somebody else ended it"
        ALL = "all", "All sessions were ended"
        CODE_REUSED = "code_reused", "A one-time code was used twice"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="support_sessions")
    agent_stamp = models.CharField(max_length=128, editable=False)
    sign_in = models.ForeignKey(SignIn, models.PROTECT, related_name="+", null=True, blank=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="sessions")
    case = models.ForeignKey(Case, models.PROTECT, related_name="sessions")
    subject_id = models.CharField(max_length=200, blank=True)
    subject_label = models.CharField(max_length=200, blank=True)
    subject_role = models.CharField(max_length=100, blank=True)
    mode = models.CharField(max_length=7, choices=Mode.choices)
    scopes = ArrayField(models.CharField(max_length=100))
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=11, choices=Cause.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    policy_version = models.CharField(max_length=64)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["-started_at"], name="impersonation_session_newest"),
            models.Index(fields=["tenant", "-started_at"], name="impersonation_session_tenant"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(ended_at__isnull=True),
                name="impersonation_session_one_live",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["view", "act"]) & ~Q(subject_id="") & ~Q(subject_label="")
                | Q(mode="console", subject_id="", subject_label=""),
                name="impersonation_session_subject",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="impersonation_session_window"),
            models.CheckConstraint(condition=~Q(scopes=[]), name="impersonation_session_scopes"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, cause="", ended_by__isnull=True)
                | Q(ended_at__gte=F("started_at"))
                & Q(
                    cause__in=[
                        "left", "time", "idle", "grant", "narrowed", "demoted", "off_boarded", "signed_out",
                        "password", "subject", "suspended", "lead", "all", "code_reused",
                    ]
                ),
                name="impersonation_session_end_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(cause="time") | Q(ended_at__gte=F("ends_at")),
                name="impersonation_session_time_was_over",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"support session under {self.case}"

    def get_absolute_url(self) -> str:
        """Return the path of the session's page."""
        return reverse("impersonation:session", args=[self.pk])

    def as_ref(self) -> Ref:
        """Return the session as the object of an event."""
        return Ref("session", str(self.pk), str(self))

    def subject_ref(self) -> Ref | None:
        """Return the customer user as the subject of an event, by role and id without their name; None for a session as nobody."""
        label = f"{self.subject_role or 'user'} {self.subject_id[:8]}"
        return Ref("subject", self.subject_id, label) if self.subject_id else None

    def trail(self) -> Trail:
        """Return what events of this session hang on."""
        return Trail(
            case_id=self.case_id,
            ticket=self.case.ticket,
            request_id=self.grant.request_id,
            grant_id=self.grant_id,
            session_id=self.pk,
        )


class SessionTrace(models.Model):
    """What moves while a session lives: when a person last did something, where, and on how many answers the banner stood.

    Kept apart, because it changes with every request and is told in no event of its own. `human_at` counts for idle time, polling does
    not move it. `unshown` counts answers without a banner by cause; `flagged` says that one of them was a page that had to show it.
    """

    session = models.OneToOneField(SupportSession, models.PROTECT, primary_key=True, related_name="trace")
    last_seen_at = models.DateTimeField()
    human_at = models.DateTimeField()
    last_path = models.CharField(max_length=300, blank=True)
    shown = models.PositiveIntegerField(default=0)
    unshown = models.JSONField(default=dict, blank=True)
    flagged = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"trace of {self.session}"
