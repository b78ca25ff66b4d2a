from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from opsconsole.lib import registry
from opsconsole.lib.bundle import register_checker


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = "Access"

    def ready(self) -> None:
        from grants.access_rules import check_access
        from grants.actions.leaving import end_at_the_desk, end_beyond_roles, pass_cases_on
        from grants.consent import tasks as customers
        from grants.consent.rules import check_consent
        from grants.finding import find_cases
        from grants.going_back import refuse_to_go_back
        from grants.matching.sections import period_section, use_section
        from grants.metrics import GAUGES
        from grants.notifications import people_with, tell_about_policy, tell_people
        from grants.notify_rules import check_notify
        from grants.pack_tables import evidence_tables
        from grants.queries import home_card
        from grants.queries.closing import problems_section
        from grants.queries.facts import note_targets, open_cases_line
        from grants.queries.glass import glass_section
        from grants.queries.held import held_through_grants
        from grants.queries.replay import replay_section
        from grants.queries.tickets import cases_of_ticket, judge_ticket
        from grants.reviews.rules import check_reviews
        from grants.queries.home_lists import access_lists
        from grants.reviews.sections import access_section, decisions_section
        from grants.reviews.unfit import unfit_section
        from grants.tasks import BEAT, SWEEPS

        from grants.unusual.rules import check_unusual
        from grants.unusual.sections import unusual_section
        import_module("grants.events")
        import_module("grants.consent.events")
        import_module("grants.matching.events")
        pre_migrate.connect(refuse_to_go_back, sender=self, dispatch_uid="grants.going_back")
        import_module("grants.unusual.events")
        register_checker(check_access)
        register_checker(check_consent)
        register_checker(check_notify)
        register_checker(check_reviews)
        registry.explainers.append(held_through_grants)
        registry.enders.append(end_at_the_desk)
        register_checker(check_unusual)
        registry.explainers.append(held_through_grants)
        registry.home_lists.append(access_lists)
        registry.handers.append(pass_cases_on)
        registry.role_enders.append(end_beyond_roles)
        registry.gauges.update(GAUGES)
        registry.home_cards.append(home_card)
        registry.tellers.append(tell_people)
        registry.people_with.append(people_with)
        registry.note_targets.append(note_targets)
        registry.portfolio_lines.append(open_cases_line)
        registry.finders.append(find_cases)
        registry.policy_news.append(tell_about_policy)
        registry.evidence_tables.append(evidence_tables)
        registry.policy_sections.append(replay_section)
        registry.review_sections.extend((use_section, unusual_section, access_section, glass_section, decisions_section))
        registry.review_sections.extend((unfit_section, problems_section, period_section))
        registry.ticket_cases.append(cases_of_ticket)
        registry.ticket_judges.append(judge_ticket)
        registry.sweeps.update(SWEEPS | customers.SWEEPS)
        registry.beat_entries.update(BEAT | customers.BEAT)
