from importlib import import_module

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo's own commands; installed only where OPSCONSOLE_DEMO is set."""

    name = "demo"

    def ready(self) -> None:
        import_module("demo.events")
