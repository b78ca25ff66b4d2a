from importlib import import_module

from django.apps import AppConfig

from opsconsole.lib.bundle import register_checker
from opsconsole.lib.registry import finders, resolvers


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from accounts.finding import find_people
        from accounts.models import Person, RoleMembership
        from accounts.queries import ids_named
        from accounts.roles import check_roles

        import_module("accounts.events")
        import_module("accounts.checks")
        register_checker(check_roles)
        resolvers["actor"] = ids_named
        finders.append(find_people)
        auditlog.register(Person, exclude_fields=["password", "email"])
        auditlog.register(RoleMembership)
