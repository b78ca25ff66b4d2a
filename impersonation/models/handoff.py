import uuid

from django.db import models
from django.db.models import F, Q

from impersonation.models.session import SupportSession

DIGEST = 64  # SHA-256 in hex: what is handed out is never kept itself


class Handle(models.Model):
    """What one click on "Open the product" hands out: opaque, good once and for 30 seconds, in the browser it was made for.

    `browser` is a digest of the agent's session in the console; it says nothing of the browser to who reads the row.
    """

    digest = models.CharField(primary_key=True, max_length=DIGEST)
    session = models.ForeignKey(SupportSession, models.PROTECT, related_name="+")
    browser = models.CharField(max_length=DIGEST)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="impersonation_handle_has_an_end"
            )
        ]

    def __str__(self) -> str:
        return f"way into {self.session}"


class Code(models.Model):
    """A code of the hand-off, bound to the client, its redirect, its PKCE challenge and the handle's browser (RFC 6749, RFC 7636).

    `token_id` is the `jti` of the token it was exchanged for; whoever brings the code again ends that session.
    """

    digest = models.CharField(primary_key=True, max_length=DIGEST)
    handle = models.OneToOneField(Handle, models.PROTECT, related_name="code")
    session = models.ForeignKey(SupportSession, models.PROTECT, related_name="+")
    client_id = models.CharField(max_length=100)
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=128)
    nonce = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    token_id = models.UUIDField(unique=True, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="impersonation_code_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(token_id__isnull=True) | Q(used_at__isnull=False),
                name="impersonation_code_token_of_a_used_one",
            ),
        ]

    def __str__(self) -> str:
        return f"code for {self.session}"


class SeenToken(models.Model):
    """The id of a signed call of the product that was taken once; kept until the call could not be taken anyway (RFC 7523, section 3)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=100)
    token_id = models.CharField(max_length=300)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="impersonation_seen_due")]
        constraints = [
            models.UniqueConstraint(fields=["client_id", "token_id"], name="impersonation_seen_once")
        ]

    def __str__(self) -> str:
        return self.token_id


class ProductReport(models.Model):
    """How far the product's account of one session has come: the highest number taken, and what is missing below it."""

    session = models.OneToOneField(SupportSession, models.PROTECT, primary_key=True, related_name="report")
    highest = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list, blank=True)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"report on {self.session}"


class ProductNews(models.Model):
    """Word for the product that a session ended or became less, tried until it is taken or the session could not go on anyway."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(SupportSession, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="impersonation_news_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"word about {self.session}"
