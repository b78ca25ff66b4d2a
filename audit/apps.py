from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

from opsconsole.lib.bundle import register_checker
from opsconsole.lib.registry import beat_entries, enders, gauges, home_lists, review_sections, sweeps

HOUR = 60 * 60.0  # seconds
DAY = 24 * HOUR
SEAL_EVERY = 10.0
EVIDENCE_EVERY = 2.0
STREAM_EVERY = 10.0
VERIFY_ASKS = 60.0  # the task itself decides whether a verification is due


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from audit.actions.leaving import end_in_the_log
        from audit.disclosure.actions import erase_old_values
        from audit.evidence.actions import make_what_waits, remove_what_is_over
        from audit.evidence.review import waiting_packs
        from audit.home import log_lists
        from audit.integrity import oldest_unsealed_seconds
        from audit.retention.actions import tell_of_due_months
        from audit.retention.rules import check_retention
        from audit.rules import check_audit
        from audit.streams.actions import send_streams
        from audit.streams.queries import failing_streams, longest_behind
        from audit.streams.rules import check_streams

        for name in (
            "events",
            "evidence.events",
            "disclosure.events",
            "retention.events",
            "saved.events",
            "streams.events",
        ):
            import_module(f"audit.{name}")
        enders.append(end_in_the_log)
        register_checker(check_audit)
        register_checker(check_retention)
        register_checker(check_streams)
        import_module("audit.checks")
        import_module("audit.lookups")
        beat_entries["audit-partitions"] = ("audit.tasks.make_partitions_ahead", DAY)
        beat_entries["audit-seal"] = ("audit.tasks.seal", SEAL_EVERY)
        beat_entries["audit-verify"] = ("audit.tasks.verify_the_log", VERIFY_ASKS)
        beat_entries["audit-evidence"] = ("audit.tasks.make_evidence", EVIDENCE_EVERY)
        beat_entries["audit-streams"] = ("audit.tasks.stream_out", STREAM_EVERY)
        beat_entries["audit-expire"] = ("audit.tasks.remove_what_is_over", HOUR)
        beat_entries["audit-months-due"] = ("audit.tasks.tell_of_due_months", DAY)
        review_sections.append(waiting_packs)
        home_lists.append(log_lists)
        sweeps["evidence packs"] = make_what_waits
        sweeps["evidence packs that are over"] = remove_what_is_over
        sweeps["private values kept long enough"] = erase_old_values
        sweeps["months of the log that may be archived"] = tell_of_due_months
        gauges["audit_oldest_unsealed_seconds"] = (
            "Age of the oldest event that waits for its seal",
            oldest_unsealed_seconds,
        )
        sweeps["streams of the log"] = send_streams
        gauges["audit_streams_behind_seconds"] = (
            "Age of the oldest sealed entry that a stream of the log has not handed over",
            longest_behind,
        )
        gauges["audit_streams_failing"] = ("Streams of the log whose last try failed", failing_streams)
        post_migrate.connect(give_app_its_rights, dispatch_uid="audit.rights")


def give_app_its_rights(*, sender: AppConfig, using: str, **_: Any) -> None:
    """After the last app has migrated as owner, the app's role gets its rights on every table."""
    from django.apps import apps

    from audit.rights import grant_app_rights

    is_last = sender is [config for config in apps.get_app_configs() if config.models_module][-1]
    role = settings.APP_DATABASE_ROLE
    connection = connections[using]
    if is_last and role and connection.settings_dict["USER"] != role:
        grant_app_rights(connection, role)
