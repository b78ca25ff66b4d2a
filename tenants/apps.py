from importlib import import_module

from django.apps import AppConfig

from opsconsole.lib.bundle import register_checker


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Tenants"

    def ready(self) -> None:
        from tenants.language.load import check_language

        import_module("tenants.events")
        register_checker(check_language)
