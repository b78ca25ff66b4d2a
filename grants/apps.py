from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from opsconsole.lib import registry
from opsconsole.lib.bundle import register_checker


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = "Access"

    def ready(self) -> None:
        from grants import tasks as access
        from grants.access_rules import check_access
        from grants.actions.leaving import end_at_the_desk, end_beyond_roles, pass_cases_on
        from grants.actions.passing_on import pass_reviews_on
        from grants.campaigns.rules import check_standing
        from grants.consent import tasks as customers
        from grants.consent.actions.linking import end_links_of
        from grants.consent.rules import check_consent
        from grants.finding import find_cases
        from grants.going_back import refuse_to_go_back
        from grants.metrics import GAUGES
        from grants.notifications import people_with, tell_about_policy, tell_people
        from grants.notify_rules import check_notify
        from grants.pack_tables import evidence_tables
        from grants.queries import home_card
        from grants.queries.facts import note_targets, open_cases_line
        from grants.queries.held import held_through_grants
        from grants.queries.home_lists import access_lists
        from grants.queries.replay import replay_section
        from grants.queries.tickets import cases_of_ticket, judge_ticket
        from grants.reviews.rules import check_reviews
        from grants.unusual.rules import check_unusual

        for name in ("events", "consent.events", "matching.events", "unusual.events", "campaigns.events"):
            import_module(f"grants.{name}")
        pre_migrate.connect(refuse_to_go_back, sender=self, dispatch_uid="grants.going_back")
        for check in (
            check_access,
            check_consent,
            check_notify,
            check_reviews,
            check_standing,
            check_unusual,
        ):
            register_checker(check)
        registry.explainers.append(held_through_grants)
        registry.enders.extend((end_at_the_desk, pass_reviews_on, end_links_of))
        registry.handers.append(pass_cases_on)
        registry.role_enders.append(end_beyond_roles)
        registry.gauges.update(GAUGES)
        registry.home_cards.append(home_card)
        registry.home_lists.append(access_lists)
        registry.tellers.append(tell_people)
        registry.people_with.append(people_with)
        registry.note_targets.append(note_targets)
        registry.portfolio_lines.append(open_cases_line)
        registry.finders.append(find_cases)
        registry.policy_news.append(tell_about_policy)
        registry.evidence_tables.append(evidence_tables)
        registry.policy_sections.append(replay_section)
        _put_into_reviews()
        registry.ticket_cases.append(cases_of_ticket)
        registry.ticket_judges.append(judge_ticket)
        for tasks in (access, customers):
            registry.sweeps.update(tasks.SWEEPS)
            registry.beat_entries.update(tasks.BEAT)


def _put_into_reviews() -> None:
    """Add what a reviewer of access reads on `/reviews/`, in the order of the page."""
    from grants.campaigns.sections import standing_section
    from grants.matching.sections import period_section, use_section
    from grants.queries.closing import problems_section
    from grants.queries.glass import glass_section
    from grants.reviews.sections import access_section, decisions_section
    from grants.reviews.unfit import unfit_section
    from grants.unusual.sections import unusual_section

    registry.review_sections += [
        *(use_section, unusual_section, standing_section, access_section, glass_section),
        *(decisions_section, unfit_section, problems_section, period_section),
    ]
