"""Brings the mirror of the product's directory up to date, whole by a task or one tenant at a time."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.http import Http404

from accounts.models import Person
from audit.actions import record
from audit.refs import SYSTEM
from tenants.actions.mirror import PAGE, Changes, apply, stage
from tenants.language.shapes import Directory, Language
from tenants.models import Tenant
from tenants.queries import get_tenant_for, language_in_force, may_see_any
from tenants.sources.base import Params, Row, SourceError
from tenants.sources.opening import OpenSource, open_source

LOCK = 7_301_001  # one refresh at a time, by an advisory lock of the transaction


class NothingReadable(SourceError):
    """The directory lists tenants, and not one of them can be read."""

    code = "directory_unreadable"

    def __init__(self, directory: Directory) -> None:
        super().__init__(
            f"Not one tenant of {directory.ask.source} can be read: each needs external_id, slug and name, "
            f"and the id must be of the type {directory.id_type}."
        )


def refresh_directory() -> int:
    """Read the whole directory and return how many tenants it lists; one event when something changed, one when it failed.

    A directory that answers with no tenant at all changes nothing: that is a fault of the source, not the end of the company.
    Raises `SourceError` where the source does not answer.
    """
    language = language_in_force()
    directory = language.directory
    if directory is None:
        return 0
    try:
        source = open_source(language.sources[directory.ask.source])
        source.check_role()
        pages = source.engine.pages(directory.ask, timeout=directory.timeout_seconds, size=PAGE)
        changes = _mirror(pages, directory, whole=True)
    except SourceError as error:
        _record_failed(directory, error)
        raise
    return changes.total if changes else 0


def find_tenant_for(user: Person, slug: str) -> Tenant:
    """Return a tenant that a person may know of, asking the product once where the mirror has none. Raises `Http404` as the door does."""
    try:
        return get_tenant_for(user, slug)
    except Http404:
        if not may_see_any(user) or not _look_up(slug):
            raise
    return get_tenant_for(user, slug)


def _look_up(slug: str) -> bool:
    language = language_in_force()
    directory = language.directory
    if directory is None or "\x00" in slug or len(slug) > 200 or not directory.ask.query.pieces:
        return False
    try:
        rows = _one_row(language, directory, slug)
    except SourceError:
        return False
    changes = _mirror([rows], directory, whole=False) if rows else None
    return bool(changes and changes.any)


def _one_row(language: Language, directory: Directory, slug: str) -> Sequence[Row]:
    source: OpenSource = open_source(language.sources[directory.ask.source])
    narrowed = directory.narrowed_to_slug()
    return source.ask(narrowed, Params("", slug), timeout=source.source.timeout_seconds, limit=1).rows


def _mirror(pages: Iterable[Sequence[Row]], directory: Directory, *, whole: bool) -> Changes | None:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        read, skipped = stage(pages, directory)
        if read == skipped:
            if read and whole:
                raise NothingReadable(directory)
            return None
        changes = apply(read=read, skipped=skipped, whole=whole)
        if changes.any:
            record(
                "directory.refreshed",
                actor=SYSTEM,
                authority="none",
                source=directory.ask.source,
                added=changes.added,
                changed=changes.changed,
                gone=changes.gone,
                skipped=changes.skipped or None,
            )
    return changes


def _record_failed(directory: Directory, error: SourceError) -> None:
    with transaction.atomic(durable=True):
        record(
            "directory.failed",
            actor=SYSTEM,
            authority="none",
            outcome="failed",
            outcome_code=error.code,
            source=directory.ask.source,
            sentence=error.sentence,
        )
