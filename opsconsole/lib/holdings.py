"""One thing that lets somebody do something right now, in the words of the app that decides on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Holding:
    """`key` is the id that an authority names, `kind` role, right, grant, session or token.

    `through` finishes the sentence "… through", such as "the role Support agent". `tenant_id` is empty for what is held on more than
    one tenant; `on` says where in words. `until` None has no end, `last_used` None was not used lately. `shared` is whether that use may
    have been through another of the same kind: the log says that a role allowed something, and not which of several.
    """

    key: str
    kind: str
    through: str
    may: tuple[str, ...]
    on: str
    since: datetime | None
    scopes: Collection[str] = ()
    until: datetime | None = None
    last_used: datetime | None = None
    shared: bool = False
    tenant_id: str = ""
    url: str = ""
