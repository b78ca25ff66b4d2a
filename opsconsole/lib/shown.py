"""How the running request wants moments written: relative or absolute, and in which zone. Words only; no decision reads it."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Shown:
    """`absolute` writes the moment itself instead of how long ago it was; `zone` is a name such as Europe/Berlin, empty for UTC."""

    absolute: bool = False
    zone: str = ""

    def write(self, at: datetime) -> str:
        """Return a moment in the zone, to the second: 21 Nov 2026, 15:05:09 CET."""
        return f"{at.astimezone(ZoneInfo(self.zone or 'UTC')):%-d %b %Y, %H:%M:%S %Z}"


AS_USUAL = Shown()
shown: ContextVar[Shown] = ContextVar("shown", default=AS_USUAL)
"""Set by the middleware that knows the person; pages of nobody, and mails, are as by default."""
