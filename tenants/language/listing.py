"""A look at the first tenants of a directory: whether their ids, slugs and names are what the rest of the console counts on."""

from collections import Counter
from collections.abc import Iterator, Sequence

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
    if not ids or any(typed(one, directory.id_type) is not None for one in ids):
        return directory.id_type
    return next(
        kind for kind in ID_TYPES if all(typed(one, kind) is not None for one in ids) or kind == "text"
    )


def judge(rows: Sequence[Row], directory: Directory) -> Iterator[tuple[str, str, str]]:
    """Each mistake with the key that it belongs to and its mend. Columns that a database does not return are told with its query."""
    missing = [key for key in ("external_id", "slug", "name") if rows and key not in rows[0]]
    if missing and directory.ask.path:
        example = f'columns = {{ {missing[0]} = "…" }}, with the dotted path to it in a row'
        yield "path", f"the rows of the directory have no {' and no '.join(missing)}", f"add {example}"
    if missing or not rows:
        return
    ids = [external_id(row["external_id"], directory.id_type) for row in rows]
    wrong = [one for one in ids if typed(one, directory.id_type) is None]
    if wrong:
        right = likely_type(rows, directory)
        mend = (
            f'write id_type = "{right}"' if right != directory.id_type else "leave such rows out in the query"
        )
        yield "id_type", f"{_of(wrong, rows)} have an external_id that is no {directory.id_type}", mend
    slugs = [as_text(row["slug"]).strip() if row["slug"] is not None else "" for row in rows]
    for key, found in (("slug", slugs), ("external_id", ids)):
        twice = [one for one, count in Counter(found).items() if one and count > 1]
        if twice:
            yield (
                "query",
                f'{_of(twice, rows)} share their {key} with another, such as "{twice[0]}"',
                f"each tenant needs {'a slug' if key == 'slug' else 'an id'} of its own; is there a join too many?",
            )
    bad = [one for one in slugs if not one or not stands_in_an_address(one)]
    if bad:
        yield (
            "query",
            f'{_of(bad, rows)} have a slug that cannot stand in an address, such as "{bad[0]}"',
            "a slug is not empty, has no / and is not . or ..; the id as text always works",
        )


def _of(some: Sequence[str], rows: Sequence[Row]) -> str:
    return f"{len(some)} of the first {len(rows)} tenants"
