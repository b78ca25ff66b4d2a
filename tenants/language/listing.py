"""A look at the first tenants of a directory: whether their ids, slugs and names are what the rest of the console counts on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenants.identity import external_id, stands_in_an_address, typed
from tenants.language.shapes import ID_TYPES, Directory
from tenants.sources.base import Params, Row
from tenants.sources.opening import OpenSource
from tenants.values import as_text

LOOKED_AT = 500  # rows


def sample(source: OpenSource, directory: Directory) -> Sequence[Row]:
    """The first rows. Raises `SourceError`."""
    return source.engine.rows(directory.ask, Params("", ""), timeout=10, limit=LOOKED_AT).rows


def likely_type(rows: Sequence[Row], directory: Directory) -> str:
    """The declared type where an id fits it, else the first that fits all of them."""
    ids = [external_id(row.get("external_id"), directory.id_type) for row in rows]
    if rows and isinstance(rows[0].get("external_id"), bytes) and directory.id_type == "uuid":
        return "uuid_bytes"
    if not ids or any(typed(one, directory.id_type) is not None for one in ids):
        return directory.id_type
    return next(
        kind for kind in ID_TYPES if all(typed(one, kind) is not None for one in ids) or kind == "text"
    )


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd in the rows of a directory: the key that it belongs to, and whether so many have it that the policy is wrong."""

    key: str
    what: str
    mend: str
    grave: bool = True


def judge(rows: Sequence[Row], directory: Directory) -> Iterator[Oddity]:
    """Everything odd in the first rows. Columns that a database does not return are told with its query."""
    if not rows or not {"external_id", "slug"} <= set(rows[0]):
        return
    ids = [external_id(row["external_id"], directory.id_type) for row in rows]
    slugs = [as_text(row["slug"]).strip() if row["slug"] is not None else "" for row in rows]
    kept = isinstance(rows[0]["external_id"], bytes | bytearray | memoryview)
    if kept and directory.id_type == "uuid":
        what = "the ids are kept as sixteen bytes, and :tenant would be bound in another form"
        yield Oddity("id_type", what, 'write id_type = "uuid_bytes", or give the id as text: lower(hex(id))')
    yield from _ids(ids, directory, likely_type(rows, directory))
    yield from _twice("slug", slugs, "each tenant needs a slug of its own")
    yield from _twice(
        "external_id", ids, "each tenant stands in the directory once; is there a join too many?"
    )
    bad = [one for one in slugs if not one or not stands_in_an_address(one)]
    if bad:
        what = f'{_of(bad, slugs)} have a slug that cannot stand in an address, such as "{bad[0]}"'
        mend = "a slug is not empty, has no / and is not . or ..; the id as text always works"
        yield Oddity("query", what, mend, _many(bad, slugs))


def _ids(ids: Sequence[str], directory: Directory, right: str) -> Iterator[Oddity]:
    wrong = [one for one in ids if typed(one, directory.id_type) is None]
    if wrong:
        mend = (
            f'write id_type = "{right}"' if right != directory.id_type else "leave such rows out in the query"
        )
        what = f"{_of(wrong, ids)} have an external_id that is no {directory.id_type}"
        yield Oddity("id_type", what, mend, _many(wrong, ids))


def _twice(key: str, values: Sequence[str], mend: str) -> Iterator[Oddity]:
    counted = Counter(values)
    twice = [one for one in values if one and counted[one] > 1]
    if twice:
        what = f'{_of(twice, values)} share their {key} with another, such as "{twice[0]}"'
        yield Oddity("query", what, mend, _many(twice, values))


def _many(some: Sequence[str], values: Sequence[str]) -> bool:
    return 2 * len(some) >= len(values)


def _of(some: Sequence[str], values: Sequence[str]) -> str:
    return f"{len(some)} of the first {len(values)} tenants"
