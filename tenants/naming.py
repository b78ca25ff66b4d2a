from tenants.models import Tenant


def ids_named(name: str) -> list[str]:
    """Return the ids of the tenants of a slug, else of the product's id, else of a name, those gone included; for the log's filters."""
    for found in (
        Tenant.objects.filter(slug__in={name, name.lower()}),
        Tenant.objects.filter(external_id=name),
        Tenant.objects.filter(name_key=name.lower()),
    ):
        ids = [str(pk) for pk in found.values_list("pk", flat=True)]
        if ids:
            return ids
    return []
