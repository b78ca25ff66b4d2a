from importlib import import_module

from impersonation import hooks
from opsconsole.lib import registry
from opsconsole.lib.bundle import register_checker


def wire() -> None:
    """Join the hand-off to the rest of the console; called when the app is ready."""
    from impersonation.oauth.actions import tell_product, tell_product_of_change
    from impersonation.oauth.product_rules import check_product
    from impersonation.oauth.tasks import BEAT, SWEEPS
    from impersonation.running.rules import check_actions

    import_module("impersonation.oauth.events")
    import_module("impersonation.running.events")
    register_checker(check_product)
    register_checker(check_actions)
    hooks.ended.append(tell_product)
    hooks.changed.append(tell_product_of_change)
    registry.sweeps.update(SWEEPS)
    registry.beat_entries.update(BEAT)
