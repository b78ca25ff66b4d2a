import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.refs import Ref
from grants.models.case import Case
from grants.models.request import AccessRequest
from tenants.models import Tenant


class Mode(models.TextChoices):
    """How a customer takes part before staff gets access to their account, from the mildest to the strictest."""

    NOTIFY = "notify", "Is told"
    OPEN_TICKET = "open_ticket", "Agrees by an open ticket"
    MUST_APPROVE = "must_approve", "Must agree first"
    NEVER = "never", "Never agrees"


class ConsentMode(models.Model):
    """What an administrator set for one tenant. Append-only: the newest row counts; an empty mode goes back to the policy."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode.choices, blank=True)
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "-id"], name="grants_consentmode_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["", *Mode.values]) & ~Q(reason=""), name="grants_consentmode_says_why"
            )
        ]

    def __str__(self) -> str:
        return self.get_mode_display() or "As the policy says"


class ConsentAsk(models.Model):
    """What one round of a request asks of the customer, fixed when it is asked. Append-only.

    `answer_by` is when silence counts; `staff_until` is how long the request waits for staff once the customer has answered.
    """

    class Silence(models.TextChoices):
        LAPSE = "lapse", "The request lapses"
        GO_ON = "go_on", "It goes on without an answer"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="consent_asks")
    round = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=12, choices=Mode.choices)
    when_silent = models.CharField(max_length=6, choices=Silence.choices)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    staff_until = models.DateTimeField()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["request", "round"], name="grants_consentask_once"),
            models.CheckConstraint(
                condition=Q(mode__in=Mode.values, when_silent__in=["lapse", "go_on"]),
                name="grants_consentask_words",
            ),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()


class CustomerLink(models.Model):
    """A signed link for somebody at the customer. Only a digest of it is kept; it shows one request, one tenant's ledger or one receipt.

    `about` is the id of what a receipt is for, kept by an app above. `used_at` is written by the one decision it can give.
    Guarded: nothing but use and revocation is written later, each once.
    """

    class Kind(models.TextChoices):
        CONSENT = "consent", "One request"
        LEDGER = "ledger", "The ledger of past accesses"
        RECEIPT = "receipt", "The receipt of one support session"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    request = models.ForeignKey(
        AccessRequest, models.PROTECT, related_name="customer_links", null=True, blank=True
    )
    about = models.UUIDField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["tenant", "-made_at"], name="grants_link_of_tenant")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="consent", request__isnull=False, about__isnull=True)
                | (
                    Q(kind="ledger", request__isnull=True, made_by__isnull=False, about__isnull=True)
                    & ~Q(reason="")
                )
                | Q(kind="receipt", request__isnull=True, about__isnull=False),
                name="grants_link_shows_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="grants_link_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"customer's link to {self.get_kind_display().lower()}"

    def as_ref(self) -> Ref:
        """Return the link as the object of an event; the link itself is in no event."""
        return Ref("customer_link", str(self.pk), str(self))


class ConsentAnswer(models.Model):
    """One answer to one round, bound to the digest of exactly what was shown. Append-only; a refusal beats every other answer."""

    class Answer(models.TextChoices):
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Did not agree"
        TICKET = "ticket", "Agreed by the open ticket"
        SILENCE = "silence", "Did not answer in time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="consent_answers")
    round = models.PositiveSmallIntegerField()
    answer = models.CharField(max_length=8, choices=Answer.choices)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=100))
    minutes = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    link = models.ForeignKey(CustomerLink, models.PROTECT, related_name="answers", null=True, blank=True)
    policy_version = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "round"],
                condition=~Q(answer="refused"),
                name="grants_consentanswer_agreed_once",
            ),
            models.UniqueConstraint(
                fields=["request"], condition=Q(answer="refused"), name="grants_consentanswer_refused_once"
            ),
            models.CheckConstraint(
                condition=(Q(answer="agreed", link__isnull=False))
                | (Q(answer="refused", link__isnull=False) & ~Q(comment=""))
                | Q(answer__in=["ticket", "silence"], link__isnull=True),
                name="grants_consentanswer_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.get_answer_display()


class CustomerMail(models.Model):
    """One e-mail with a link on its way to the customer's contact, written with the link. The address is read when it is sent."""

    link = models.OneToOneField(CustomerLink, models.PROTECT, primary_key=True, related_name="mail")
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["made_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, dead_at__isnull=True),
                name="grants_customermail_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"mail with {self.link}"


class LinkTry(models.Model):
    """How often one link, or one address, was tried within one window of time. Counts only; the key is a digest."""

    key = models.CharField(max_length=64)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "link tries"
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="grants_linktry_once")]

    def __str__(self) -> str:
        return f"{self.count} since {self.window}"


class ProductProblem(models.Model):
    """The same kind of trouble on the same tenant again: with the owner of that part of the product. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="problems")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    owner = models.CharField(max_length=100)
    earlier = ArrayField(models.UUIDField(), default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["tenant", "kind", "-at"], name="grants_problem_again")]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="grants_problem_once"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(owner=""), name="grants_problem_has_an_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.tenant}"
