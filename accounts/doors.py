"""The doors of `opsconsole.lib.doors`, by the name that the apps above use."""

from opsconsole.lib.doors import Door, after_password, needs, public, signed_in, step_up

__all__ = ["Door", "after_password", "needs", "public", "signed_in", "step_up"]
