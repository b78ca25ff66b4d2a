"""A tenant's external id in the type its product gives it, and whether a row belongs to the tenant asked for."""

from typing import Any
from uuid import UUID

from tenants.values import as_text

TypedId = UUID | int | str
UUIDS = ("uuid", "uuid_bytes")
LARGEST = 2**64 - 1  # MySQL's unsigned ids


class BytesUUID(UUID):
    """A UUID that its product keeps as sixteen bytes, and so is asked for in that form."""


def typed(text: str, id_type: str) -> TypedId | None:
    """The id as a value of its type; None where the text is no such id, so a slug typed for a UUID is simply no tenant."""
    if "\x00" in text or not text:
        return None
    if id_type == "text":
        return text
    try:
        if id_type in UUIDS:
            return BytesUUID(text) if id_type == "uuid_bytes" else UUID(text)
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) <= LARGEST and text.strip().isascii() else None


def external_id(value: Any, id_type: str) -> str:
    """A directory's id as text; sixteen bytes are a UUID where ids are UUIDs."""
    if id_type in UUIDS and isinstance(value, bytes | bytearray | memoryview) and len(bytes(value)) == 16:
        return str(UUID(bytes=bytes(value)))
    return "" if value is None else as_text(value).replace("\x00", "").strip()


def stands_in_an_address(slug: str) -> bool:
    """False for a slug that would be read as a part of the path, or as a name that the mirror makes itself."""
    return "/" not in slug and slug not in (".", "..") and not slug.startswith("~")


def belongs(value: Any, wanted: TypedId) -> bool:
    """Whether the tenant written in a row is the one asked for; a row that names nobody belongs to nobody."""
    if value is None:
        return False
    if isinstance(value, bytes) and isinstance(wanted, UUID) and len(value) == 16:
        return value == wanted.bytes
    if isinstance(wanted, str):
        return as_text(value) == wanted
    return typed(as_text(value).strip(), "uuid" if isinstance(wanted, UUID) else "integer") == wanted
