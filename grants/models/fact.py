import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.refs import Ref
from grants.models.case import Case


class CaseFact(models.Model):
    """The facts of one look at a tenant, attached to a case as the console wrote them. Append-only; read only by who holds its scopes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="facts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    scopes = ArrayField(models.CharField(max_length=100))
    text = models.TextField()
    markdown = models.TextField()
    as_of = models.DateTimeField()
    policy_version = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(scopes=[]) & ~Q(text=""), name="grants_casefact_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"facts of {self.title}"

    def get_absolute_url(self) -> str:
        """Return the path of the page that shows it."""
        return reverse("grants:facts", args=[self.case_id, self.pk])

    def as_ref(self) -> Ref:
        """Return it as the object of an event."""
        return Ref("facts", str(self.pk), str(self))
