from importlib import import_module

from django.apps import AppConfig

from audit.registry import words_of
from opsconsole.lib.bundle import register_checker
from opsconsole.lib.registry import explainers, finders, home_lists, resolvers, role_enders, sweeps
from opsconsole.lib.step_up import guards


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from accounts.effective.holding import held_through_people
        from accounts.factors.fresh import guard_fresh
        from accounts.finding import find_people
        from accounts.leaving.actions import end_beyond_roles
        from accounts.models import Person, RoleMembership
        from accounts.people_home import people_lists
        from accounts.queries import ids_named, said_of_scope
        from accounts.rights.actions import close_rights_over
        from accounts.rights.rules import check_right_rules
        from accounts.roles import check_roles
        from accounts.single_sign_on.rules import check_single_sign_on

        import_module("accounts.events")
        import_module("accounts.factors.events")
        import_module("accounts.sign_ins.events")
        import_module("accounts.single_sign_on.events")
        import_module("accounts.leaving.events")
        import_module("accounts.rights.events")
        import_module("accounts.preferring.events")
        import_module("accounts.checks")
        register_checker(check_roles)
        register_checker(check_single_sign_on)
        register_checker(check_right_rules)
        guards.append(guard_fresh)
        resolvers["actor"] = ids_named
        words_of.update(scopes=said_of_scope, dropped=said_of_scope, kept=said_of_scope)
        explainers.append(held_through_people)
        finders.append(find_people)
        home_lists.append(people_lists)
        role_enders.append(end_beyond_roles)
        sweeps["standing rights whose end has passed"] = close_rights_over
        auditlog.register(Person, exclude_fields=["password", "email"])
        auditlog.register(RoleMembership)
