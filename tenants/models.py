import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from audit.refs import TenantRef
from tenants.desk.models import PanelAnswer, TenantNote
from tenants.trying.models import PanelTrial

__all__ = ["PanelAnswer", "PanelTrial", "Region", "Tenant", "TenantNote", "TenantQuerySet"]


class TenantQuerySet(models.QuerySet["Tenant"]):
    def present(self) -> "TenantQuerySet":
        """Those that the product's directory still lists."""
        return self.filter(gone_at=None)


class Region(models.Model):
    """A region as the product's directory names it, so that a standing right can be held on all of its tenants, those to come included."""

    name = models.CharField(max_length=60, primary_key=True)

    class Meta:
        ordering = ["name"]
        permissions = [("decide_region", "Can decide for the tenants of the region")]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="tenants_region_is_named")]

    def __str__(self) -> str:
        return f"Region {self.name}"


class Tenant(models.Model):
    """One customer account of the product, as its directory lists it. A mirror: the product decides, a task refreshes.

    `name_key` and `slug` compare by bytes, so that one b-tree serves both a prefix and the order; `search_text` is everything a search
    may find, in small letters, under a trigram index. `consent_contact` is whom the customer named to agree to staff access.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=200, unique=True)
    slug = models.CharField(max_length=200, unique=True, db_collation="C")
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300, db_collation="C")
    environment = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=60, blank=True)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    search_text = models.TextField()
    consent_contact = models.EmailField(blank=True)
    seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "slug"]
        permissions = [("decide_tenant", "Can decide for the tenant")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug="") & ~Q(external_id=""), name="tenants_tenant_is_named"
            ),
        ]
        indexes = [
            models.Index(fields=["name_key", "slug"], name="tenants_tenant_by_name"),
            GinIndex(fields=["domains"], name="tenants_tenant_by_domain"),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="tenants_tenant_by_trigram"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"

    def as_ref(self) -> TenantRef:
        """Return the tenant as events name it."""
        return TenantRef(str(self.id), str(self), self.environment, self.region)

    @property
    def is_production(self) -> bool:
        return self.environment.strip().lower() in ("production", "prod", "live")
