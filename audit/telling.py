"""News of the log for people: through whatever the apps above have for it, in the transaction of the verb (opsconsole.lib.registry)."""

from collections.abc import Callable
from typing import Any

from opsconsole.lib.clock import database_now
from opsconsole.lib.registry import people_with, tellers


def tell_holders(
    kind: str, *, power: str, path: str, but: str = "", may_read: Callable[[Any], bool] | None = None
) -> None:
    """Tell everybody who holds a power, save one person by id and those who may not read what the page shows."""
    found = {person.pk: person for ask in people_with for person in ask(power=power)}
    tell_people(
        kind,
        [
            person
            for key, person in found.items()
            if str(key) != but and (may_read is None or may_read(person))
        ],
        path=path,
    )


def tell_people(kind: str, people: list[Any], *, path: str) -> None:
    """Tell some people; `path` is the page the message leads to."""
    if people:
        now = database_now()
        for tell in tellers:
            tell(kind=kind, people=people, now=now, path=path)
