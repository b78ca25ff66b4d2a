"""The mirror of the product's directory: rows of the source made fit for the table, and the statements that bring it up to date."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from tenants.identity import external_id, stands_in_an_address, typed
from tenants.language.shapes import Directory
from tenants.values import Row, as_list, as_text

PAGE = 2_000  # rows read from the source at a time
COLUMNS = (
    "external_id",
    "slug",
    "name",
    "name_key",
    "environment",
    "region",
    "status",
    "domains",
    "search_text",
    "consent_contact",
)

_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS directory_stage (
  external_id text, slug text, name text, name_key text, environment text, region text, status text, domains text[], search_text text,
  consent_contact text
) ON COMMIT DROP
"""
_DISTINCT = """
(SELECT DISTINCT ON (slug) * FROM (SELECT DISTINCT ON (external_id) * FROM directory_stage ORDER BY external_id) s
 ORDER BY slug, external_id)
"""
_FREE_SLUGS = """
UPDATE tenants_tenant t SET slug = '~' || t.id::text FROM directory_stage s WHERE s.slug = t.slug AND s.external_id <> t.external_id
"""
_UPSERT = f"""
INSERT INTO tenants_tenant AS t
  (id, external_id, slug, name, name_key, environment, region, status, domains, search_text, consent_contact, seen_at, changed_at)
SELECT gen_random_uuid(), s.external_id, s.slug, s.name, s.name_key, s.environment, s.region, s.status, s.domains, s.search_text,
       s.consent_contact, clock_timestamp(), clock_timestamp()
FROM {_DISTINCT} s
ON CONFLICT (external_id) DO UPDATE SET
  slug = excluded.slug, name = excluded.name, name_key = excluded.name_key, environment = excluded.environment, region = excluded.region,
  status = excluded.status, domains = excluded.domains, search_text = excluded.search_text, consent_contact = excluded.consent_contact,
  changed_at = excluded.changed_at, gone_at = NULL
WHERE (t.slug, t.name, t.environment, t.region, t.status, t.domains, t.consent_contact, t.gone_at)
  IS DISTINCT FROM (excluded.slug, excluded.name, excluded.environment, excluded.region, excluded.status, excluded.domains,
                    excluded.consent_contact, NULL)
RETURNING t.xmax = 0
"""  # noqa: S608
_GONE = """
UPDATE tenants_tenant t SET gone_at = clock_timestamp()
WHERE gone_at IS NULL AND NOT EXISTS (SELECT 1 FROM directory_stage s WHERE s.external_id = t.external_id)
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refresh did; skipped counts rows with an id of the wrong type, or with a slug that no address can hold or that another has."""

    added: int
    changed: int
    gone: int
    skipped: int
    total: int

    @property
    def any(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def entry(row: Row, directory: Directory) -> tuple[Any, ...] | None:
    """One row of the directory as the table wants it, None where it names no tenant."""
    external, slug, name = (
        external_id(row.get("external_id"), directory.id_type),
        _word(row, "slug"),
        _word(row, "name"),
    )
    if (
        not (external and slug)
        or typed(external, directory.id_type) is None
        or not stands_in_an_address(slug)
    ):
        return None
    name = name or slug
    domains = sorted({d.lower()[:253] for d in as_list(row.get("domains") or [])})
    search = " ".join([name, slug, external, *domains]).lower()
    rest = [_word(row, key)[:60] for key in ("environment", "region", "status")]
    return (external[:200], slug[:200], name[:300], name.lower()[:300], *rest, domains, search, _address(row))


def _address(row: Row) -> str:
    """Return whom to ask for the customer's consent: one e-mail address, or nothing where no usable one is named."""
    address = _word(row, "consent_contact")
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def _word(row: Row, key: str) -> str:
    value = row.get(key)
    return "" if value is None else as_text(value).replace("\x00", "").strip()


def stage(pages: Iterable[Sequence[Row]], directory: Directory) -> tuple[int, int]:
    """Copy the source's rows into a temporary table; return how many were read and how many were not readable."""
    read = skipped = 0
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        cursor.execute("TRUNCATE directory_stage")
        copy_to = f"COPY directory_stage ({', '.join(COLUMNS)}) FROM STDIN"
        for page in pages:
            entries = [entry(row, directory) for row in page]
            read += len(entries)
            skipped += entries.count(None)
            with cursor.copy(copy_to) as copy:
                for one in _present(entries):
                    copy.write_row(one)
    return read, skipped


def _present(entries: list[tuple[Any, ...] | None]) -> Iterator[tuple[Any, ...]]:
    return (one for one in entries if one is not None)


def apply(*, read: int, skipped: int, whole: bool) -> Changes:
    """Bring the mirror up to what was staged. With `whole` a tenant that was not staged is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM directory_stage")
        staged: int = cursor.fetchone()[0]
        cursor.execute(f"SELECT count(*) FROM {_DISTINCT} d")  # noqa: S608
        kept: int = cursor.fetchone()[0]
        cursor.execute(_FREE_SLUGS)
        cursor.execute(_UPSERT)
        fresh = [row[0] for row in cursor.fetchall()]
        gone = 0
        if whole:
            cursor.execute(_GONE)
            gone = cursor.rowcount
    added = sum(fresh)
    return Changes(added, len(fresh) - added, gone, skipped + staged - kept, read)
