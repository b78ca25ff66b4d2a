"""What standing rights can be held on here: one tenant, or every tenant of a region (NIST AC-3, AC-6)."""

from django.db.models import Model

from accounts.queries import Powers
from accounts.rights.kinds import RightKind, kinds
from audit.refs import TenantRef
from opsconsole.lib.errors import Invalid
from tenants.actions.regions import region_named
from tenants.models import Tenant


def _tenant(text: str) -> Model:
    found = Tenant.objects.present().filter(slug=text.strip()).first() if "\x00" not in text else None
    if found is None:
        raise Invalid(
            {"on": "There is no tenant of this name. Type its short name, as it stands in its address."}
        )
    return found


def _region(text: str) -> Model:
    name = text.strip()
    if not name or "\x00" in name or not Tenant.objects.present().filter(region=name).exists():
        raise Invalid({"on": "No tenant of the directory is in this region."})
    return region_named(name)


def _place(obj: Model) -> TenantRef | None:
    return obj.as_ref() if isinstance(obj, Tenant) else None


def _sees(powers: Powers) -> bool:
    """Tell whether there is a book to fill: the tenants of such a role, or the portfolio of one that sees all."""
    return "see" in powers.may and powers.reach != "none"


def _decides(powers: Powers) -> bool:
    return "decide" in powers.may and powers.decides_for == "rights"


for _kind in (
    RightKind("view_tenant", "See one tenant", _tenant, _place, _sees),
    RightKind("view_region", "See a region", _region, _place, _sees),
    RightKind("decide_tenant", "Decide for one tenant", _tenant, _place, _decides),
    RightKind("decide_region", "Decide for a region", _region, _place, _decides),
):
    kinds[_kind.codename] = _kind
