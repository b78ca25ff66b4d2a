import uuid
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.leaving.models import LeaveCall
from accounts.rights.models import StandingRight
from audit.refs import Actor, Ref

__all__ = ["ApiToken", "LeaveCall", "Person", "PersonManager", "RoleMembership", "SignIn", "StandingRight"]


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person of a sign-in name, whatever its case. Raises `Person.DoesNotExist`."""
        return self.get(username__iexact=username or "")


class Person(AbstractBaseUser, PermissionsMixin):
    """One staff member with an account of their own. Nobody is ever deleted: the log must stay readable.

    `password_given` is whether somebody else knows the password: an administrator gave it, and it was not changed since.
    """

    last_login = None  # Django writes it in a statement of its own; the sign-in event says it better

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, validators=[UnicodeUsernameValidator()], unique=True)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        default=False, help_text="May open Django admin; what they may do there comes from their roles."
    )

    password_given = models.BooleanField(default=False, editable=False)

    preferences = models.JSONField(
        default=dict, blank=True, editable=False, help_text="How their pages look: accounts.preferring."
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = PersonManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["display_name", "username"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_person_username_any_case"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="accounts_nobody_is_superuser"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether this is the password. A hash that Django finds too weak by now is made anew, with an event."""
        from accounts.sign_ins.actions import rehash_password

        return check_password(raw_password, self.password, partial(rehash_password, self))

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Ask every backend. Unlike Django's own there is no short cut for superusers (NIST AC-6)."""
        from accounts.queries import any_backend_allows

        return self.is_active and any_backend_allows(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(f"{app_label}.view")

    def as_actor(self) -> Actor:
        """Return the person as the actor of an event."""
        return Actor("person", str(self.id), self.display_name)

    def as_ref(self) -> Ref:
        """Return the person as the object of an event."""
        return Ref("person", str(self.id), self.display_name)


class RoleMembership(models.Model):
    """One person in one role of the policy. A role the policy no longer names gives nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.SlugField(max_length=60)
    since = models.DateTimeField()
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["role"]
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], name="accounts_one_membership_per_role")
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.role}"


class ApiToken(models.Model):
    """A secret with which one person's programs read the API in their name. Only its hash is kept.

    `areas` are the parts of the API it opens; what may be read there is decided by the person's own rights, each time.
    """

    class Area(models.TextChoices):
        TENANTS = "tenants", "Tenants and panels"
        CASES = "cases", "Cases"
        REQUESTS = "requests", "Requests"
        GRANTS = "grants", "Grants"
        AUDIT = "audit", "The log"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    areas = ArrayField(models.CharField(max_length=20, choices=Area.choices))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        verbose_name = "API token"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="accounts_token_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(areas=[]), name="accounts_token_opens_something"),
        ]

    def __str__(self) -> str:
        return self.name


class SignIn(models.Model):
    """One sign-in of one person in one browser, for as long as its session lives; an ended one has no session any more.

    `device` is told to its owner in words, `device_id` is a digest of the browser's own cookie, `factor` how the second factor was shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True, null=True, editable=False)  # noqa: DJ001
    device = models.CharField(max_length=80)
    device_id = models.CharField(max_length=64, editable=False)
    factor = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = "sign-in"
        indexes = [models.Index(fields=["person", "device_id"], name="accounts_signin_by_device")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, session_key__isnull=False)
                | Q(ended_at__isnull=False, session_key__isnull=True),
                name="accounts_signin_ended_has_no_session",
            )
        ]

    def __str__(self) -> str:
        return self.device
