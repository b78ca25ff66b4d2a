from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_save
from django.utils.module_loading import autodiscover_modules


class SupportSessionConfig(AppConfig):
    """The app's label stays the same under whichever name the package is imported."""

    name = __package__ or "support_session"
    label = "support_session"
    verbose_name = "Support sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .checks import check_settings
        from .outgoing import send_soon

        register(check_settings)
        autodiscover_modules("support_actions")  # of every installed app, as Django does with `admin`
        post_save.connect(
            send_soon, sender=f"{self.label}.OutboxEvent", dispatch_uid="support_session.outgoing"
        )
