"""One personal field in clear: one reason, one event, written before the value is read."""

from dataclasses import dataclass

from django.db import transaction
from django.http import Http404
from django.utils.crypto import constant_time_compare

from accounts.models import Person
from accounts.queries import authority_for
from audit.actions import record
from audit.refs import Trail
from opsconsole.lib.errors import Conflict, Refused
from tenants.actions.looking import PanelNotOpen, note_failures, read_panels
from tenants.asking import ask_url
from tenants.cells import Cell
from tenants.language.shapes import Column, Panel, Section
from tenants.models import Tenant
from tenants.pages import row_token
from tenants.queries import get_panel, language_in_force
from tenants.reading import SectionResult
from tenants.records import Record, clear_cell
from tenants.tickets import trail_of


class RevealNotOpen(Refused):
    code = "reveal_not_open"

    def __init__(self, column: Column, tenant: Tenant, ticket: str) -> None:
        super().__init__(
            f"{column.label} can be seen in clear only under {column.reveal}, which you do not hold on {tenant.name}.",
            scope=column.reveal,
            ask_url=ask_url(tenant.slug, column.reveal, ticket),
        )
        self.tenant, self.trail = tenant.as_ref(), Trail(ticket=ticket)


class RowHasChanged(Conflict):
    code = "row_has_changed"


@dataclass(frozen=True, slots=True)
class Field:
    """A column that can be revealed, and where it stands."""

    panel: Panel
    section: Section
    column: Column


@dataclass(frozen=True, slots=True)
class Revealed:
    """One value in clear, shown once; `around` are the row's other cells, masked as ever, so that the right row is known."""

    field: Field
    value: Cell
    around: tuple[tuple[Column, Cell], ...]


def get_field(*, key: str, section: str, column: str) -> Field:
    """Return a column that can be revealed. Raises `Http404` for any other."""
    panel = get_panel(key)
    found = panel.section(section)
    one = found.column(column) if found else None
    if found is None or one is None or not one.reveal or not one.show:
        raise Http404("There is no such field to see in clear.")
    return Field(panel, found, one)


def reveal_field(
    *, actor: Person, tenant: Tenant, field: Field, row: str, reason: str, ticket: str = ""
) -> Revealed:
    """Return one field of one row in clear.

    Raises `PanelNotOpen` and `RevealNotOpen` without the panel's or the column's scope, `RowHasChanged` where the row is no longer
    there as it was shown, or its source does not answer.
    """
    if authority_for(actor, field.panel.scope, tenant) is None:
        raise PanelNotOpen(field.panel, tenant, ticket)
    authority = authority_for(actor, field.column.reveal, tenant)
    if authority is None:
        raise RevealNotOpen(field.column, tenant, ticket)
    with transaction.atomic(durable=True):
        record(
            "field.revealed",
            actor=actor.as_actor(),
            tenant=tenant.as_ref(),
            trail=trail_of(actor, tenant, ticket, authority.grant_id),
            authority=authority.because,
            panel=field.panel.title,
            section=field.section.title,
            column=field.column.label,
            row=row,
            reason=reason,
            scope=field.column.reveal,
        )
    result = read_panels(tenant, [(field.panel, field.section)], at_most=500)[0]
    note_failures(actor, tenant, [result], ticket)
    found = _find(result, row)
    around = tuple((c, found.cell(c.key)) for c in field.section.columns if c.show and c != field.column)
    return Revealed(field, clear_cell(found, field.column, language_in_force().glossary), around)


def _find(result: SectionResult, row: str) -> Record:
    """The row of a token, or of a plain number: its place in the section as the panel lists it."""
    if result.failure:
        raise RowHasChanged(result.failure.sentence, state=result.failure.code)
    if row.isascii() and row.isdigit() and len(row) < 4 and int(row) < len(result.records):
        return result.records[int(row)]
    for record_ in result.records:
        if constant_time_compare(row_token(record_, result.section), row):
            return record_
    raise RowHasChanged(
        "This row has changed since the panel was shown. Open the panel again and choose the field there.",
        state="changed",
    )
