from typing import Any

from django.core.management.base import BaseCommand

from audit.context import surface
from opsconsole.lib.registry import sweeps


class Command(BaseCommand):
    """One pass of all the beat sweeps, for a machine without beat or an impatient operator."""

    help = "Run every sweep once and say what each did."

    def handle(self, *_: Any, **__: Any) -> None:
        for name, run in sweeps.items():
            with surface("command"):
                self.stdout.write(f"{name}: {run()}")
