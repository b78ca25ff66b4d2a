"""Every event type, declared once. An event of an undeclared type, or with an undeclared field, cannot be written."""

import re
from collections.abc import Callable
from dataclasses import dataclass

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
words_of: dict[str, Callable[[str], str]] = {}
"""Name of a field -> function that says one of its values in words; sentences use it, the field itself keeps the value."""

COMMON_FIELDS = frozenset({"actor", "tenant", "object", "subject", "ticket"})


@dataclass(frozen=True)
class EventType:
    """One kind of event.

    `sentence` names fields in braces; a part in square brackets vanishes when a field in it is empty. `category` is the NIST SP 800-53
    AU-2 category, `retention` the class named by the policy, `sensitivity` is normal or high. `private` names values that are kept apart
    and may be erased (NIST AU-3(3)).
    """

    name: str
    version: int
    sentence: str
    fields: tuple[str, ...] = ()
    category: str = ""
    retention: str = "standard"
    sensitivity: str = "normal"
    private: tuple[str, ...] = ()

    def tell(self, values: dict[str, str]) -> str:
        """Return the sentence filled with copied labels."""

        def keep(match: re.Match[str]) -> str:
            part = match.group(1)
            return part if all(values.get(name) for name in _FIELD.findall(part)) else ""

        text = _OPTIONAL.sub(keep, self.sentence)
        return _FIELD.sub(lambda match: values.get(match.group(1), ""), text)


_types: dict[str, EventType] = {}


def register(*types: EventType) -> None:
    """Declare event types. Raises `ValueError` for a name declared twice or a sentence that names an unknown field."""
    for kind in types:
        if kind.name in _types and _types[kind.name] != kind:
            raise ValueError(f"{kind.name} is declared twice")
        unknown = set(_FIELD.findall(kind.sentence)) - COMMON_FIELDS - set(kind.fields)
        if unknown:
            raise ValueError(
                f"{kind.name}: the sentence names {', '.join(sorted(unknown))}, which the type does not declare"
            )
        _types[kind.name] = kind


def event_type(name: str) -> EventType:
    """Return a declared type. Raises `LookupError` for any other name."""
    try:
        return _types[name]
    except KeyError:
        raise LookupError(f"no event type {name} is declared") from None


def all_types() -> list[EventType]:
    """Return every declared type, sorted by name."""
    return [_types[name] for name in sorted(_types)]
