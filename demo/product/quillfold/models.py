"""The product's tables, made by demo/productdb/schema.sql, and two that came with the web application."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True)
    slug = models.TextField(unique=True)
    name = models.TextField()
    environment = models.TextField()
    region = models.TextField()
    status = models.TextField()
    settings = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["Tenant"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "tenants"

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """Users by address; the sign-in page asks for the company too."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The one user of this address, for Django's own forms."""
        return self.get(email=username)


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    email = models.TextField()
    display_name = models.TextField()
    role = models.TextField()
    status = models.TextField()
    two_factor = models.BooleanField()
    password = models.TextField(db_column="password_hash")
    last_login = models.DateTimeField(null=True, db_column="last_sign_in_at")

    USERNAME_FIELD = "email"
    objects: ClassVar[People] = People()

    class Meta:
        managed = False
        db_table = "users"

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """True for somebody who may come in."""
        return self.status == "active"

    @property
    def runs_the_account(self) -> bool:
        """True for owner and admins."""
        return self.role in {"owner", "admin"}

    def get_full_name(self) -> str:
        """The name on pages."""
        return self.display_name


class Invoice(models.Model):
    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    number = models.TextField()
    customer_name = models.TextField()
    customer_email = models.TextField()
    total_minor = models.IntegerField()
    currency = models.TextField()
    status = models.TextField()
    created_at = models.DateTimeField()
    due_on = models.DateField()

    objects: ClassVar[models.Manager["Invoice"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "invoices"

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> str:
        """The amount in words of the currency."""
        return f"{self.total_minor / 100:,.2f} {self.currency}"


class Import(models.Model):
    id = models.BigIntegerField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    kind = models.TextField()
    file_name = models.TextField()
    status = models.TextField()
    rows_total = models.IntegerField()
    rows_done = models.IntegerField()
    error_row = models.IntegerField(null=True)
    error_text = models.TextField(null=True)  # noqa: DJ001
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Import"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "imports"

    def __str__(self) -> str:
        return self.file_name


class Invite(models.Model):
    id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    email = models.TextField()
    role = models.TextField()
    status = models.TextField()
    token = models.TextField()
    invited_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Invite"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "invites"

    def __str__(self) -> str:
        return self.email


class ApiToken(models.Model):
    id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    name = models.TextField()
    token = models.TextField()
    status = models.TextField(default="active")
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ApiToken"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "api_tokens"

    def __str__(self) -> str:
        return self.name

    def end_with_support_session(self) -> None:
        """Revoked, not deleted: the list of tokens stays complete."""
        type(self).objects.filter(pk=self.pk).update(status="revoked")


class SettingsChange(models.Model):
    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.DO_NOTHING)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, db_column="changed_by")
    setting = models.TextField()
    old_value = models.TextField(null=True)  # noqa: DJ001
    new_value = models.TextField(null=True)  # noqa: DJ001
    is_secret = models.BooleanField(default=False)
    at = models.DateTimeField()
    support_agent = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["SettingsChange"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "settings_changes"

    def __str__(self) -> str:
        return f"{self.setting}: {self.who}"

    @property
    def who(self) -> str:
        """Who changed it: never the customer alone where support did it for them."""
        name = str(self.changed_by or "Somebody who left")
        return f"Support ({self.support_agent}) on behalf of {name}" if self.support_agent else name


class Preference(models.Model):
    """Which mails one user wants."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, db_constraint=False)
    paid = models.BooleanField(default=True)
    weekly = models.BooleanField(default=True)
    news = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Preference"]] = models.Manager()

    def __str__(self) -> str:
        return f"Mail for {self.pk}"


class Presence(models.Model):
    """When somebody was last seen; the dot beside their name."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, db_constraint=False)
    seen_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Presence"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.pk} at {self.seen_at}"


def invoices_of(user: Any) -> "models.QuerySet[Invoice]":
    """The invoices of a user's company, the newest first."""
    return Invoice.objects.filter(tenant=user.tenant).order_by("-created_at", "-id")
