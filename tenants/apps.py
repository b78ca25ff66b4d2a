from importlib import import_module

from django.apps import AppConfig

from opsconsole.lib.bundle import register_checker
from opsconsole.lib.registry import (
    beat_entries,
    finders,
    home_lists,
    readiness,
    resolvers,
    review_sections,
    sweeps,
)

DIRECTORY_EVERY = 120.0  # seconds; a tenant that is not mirrored yet is looked up when it is asked for


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants"

    def ready(self) -> None:
        from tenants.desk.home import attention_lists
        from tenants.desk.language import check_health
        from tenants.desk.reach import check_health_reach
        from tenants.desk.review import unused_panels
        from tenants.finding import find_tenants
        from tenants.language.load import check_language
        from tenants.language.reach import check_reach
        from tenants.naming import ids_named
        from tenants.ready import source_checks
        from tenants.tasks import refresh

        import_module("tenants.events")
        import_module("tenants.rights")
        import_module("tenants.desk.events")
        import_module("tenants.trying.events")
        review_sections.append(unused_panels)
        home_lists.append(attention_lists)
        register_checker(check_language)
        register_checker(check_health)
        register_checker(check_health_reach)
        register_checker(check_reach)
        resolvers["tenant"] = ids_named
        finders.append(find_tenants)
        readiness.append(source_checks)
        sweeps["tenant directory"] = refresh
        beat_entries["tenants-directory"] = ("tenants.tasks.refresh_the_directory", DIRECTORY_EVERY)
