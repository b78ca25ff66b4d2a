"""The console's own settings, with passwords that cost a thousandth of production's work."""

from opsconsole.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.hashers.CheapScrypt"]
