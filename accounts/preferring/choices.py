"""What can be chosen, with the words for it. Pure: whatever is kept in the row becomes a choice that exists."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any
from zoneinfo import available_timezones

TIMES = {
    "relative": "How long ago, such as 3 min ago",
    "absolute": "The moment itself, such as 21 Nov 2026, 14:05:09",
}
DENSITIES = {"normal": "Normal", "compact": "Compact: more on one screen"}
THEMES = {"system": "As the device has it", "light": "Light", "dark": "Dark"}
KEYS = {"on": "On", "off": "Off: keys do nothing unless a field has the focus"}


@cache
def zones() -> list[str]:
    """Return the names of all time zones, by continent and city."""
    return sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))
    )


@dataclass(frozen=True)
class Preferences:
    """One person's choices. `zone` is empty for the zone of the browser."""

    times: str = "relative"
    zone: str = ""
    density: str = "normal"
    theme: str = "system"
    keys: str = "on"

    def kept(self) -> dict[str, str]:
        """Return only what differs from the default, as the row keeps it."""
        usual = Preferences()
        return {name: value for name, value in asdict(self).items() if value != getattr(usual, name)}


def preferences_of(kept: Mapping[str, Any]) -> Preferences:
    """Return the choices that a row keeps; what no longer exists falls back to the default."""
    known = {"times": TIMES, "density": DENSITIES, "theme": THEMES, "keys": KEYS}
    found = {
        one.name: kept[one.name]
        for one in fields(Preferences)
        if one.name in known and kept.get(one.name) in known[one.name]
    }
    zone = kept.get("zone", "")
    return Preferences(**found, zone=zone if zone in zones() else "")
