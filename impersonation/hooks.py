"""Who wants to hear what becomes of support sessions; filled in `AppConfig.ready()`, called once the transaction has committed."""

from collections.abc import Callable
from uuid import UUID

ended: list[Callable[[UUID], None]] = []
"""Each hears of a session that ended, by its id."""

changed: list[Callable[[UUID], None]] = []
"""Each hears of a live session whose access became less, by its id: what it may is to be read again."""
