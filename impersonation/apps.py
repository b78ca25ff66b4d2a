from importlib import import_module

from django.apps import AppConfig

from opsconsole.lib import registry
from opsconsole.lib.bundle import register_checker


class ImpersonationConfig(AppConfig):
    name = "impersonation"
    verbose_name = "Support sessions"

    def ready(self) -> None:
        from impersonation.actions import end_beyond_roles, end_sessions_of, follow_grants, question_session
        from impersonation.metrics import GAUGES
        from impersonation.oauth.ready import wire
        from impersonation.pack_tables import session_tables
        from impersonation.queries.held import held_in_session
        from impersonation.queries.receipt import receipt_page
        from impersonation.queries.start import grant_section
        from impersonation.session_rules import check_sessions
        from impersonation.tasks import BEAT, SWEEPS

        import_module("impersonation.checks")
        import_module("impersonation.events")
        register_checker(check_sessions)
        registry.enders.append(end_sessions_of)  # after the access under them: in the order of locks
        registry.explainers.append(held_in_session)
        registry.role_enders.append(end_beyond_roles)
        registry.grant_news.append(follow_grants)
        registry.grant_sections.append(grant_section)
        registry.evidence_tables.append(session_tables)
        registry.customer_pages["receipt"] = receipt_page
        registry.customer_answers["receipt"] = question_session
        registry.gauges.update(GAUGES)
        registry.sweeps.update(SWEEPS)
        registry.beat_entries.update(BEAT)
        wire()
