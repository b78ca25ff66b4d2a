"""The doors of `opsconsole.lib.doors`, by the name that the apps above use."""

from opsconsole.lib.doors import Door, needs, public, signed_in

__all__ = ["Door", "needs", "public", "signed_in"]
