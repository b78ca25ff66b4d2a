from django.apps import AppConfig
from django.core.checks import register


class SupportSessionConfig(AppConfig):
    """The app's label stays the same under whichever name the package is imported."""

    name = __package__ or "support_session"
    label = "support_session"
    verbose_name = "Support sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .checks import check_settings

        register(check_settings)
