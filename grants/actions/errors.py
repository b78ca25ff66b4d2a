"""Helpers that every verb on access shares."""

from typing import TypeVar

from django.db import IntegrityError

from audit.refs import Trail
from opsconsole.lib.errors import ConsoleError
from tenants.models import Tenant

Error = TypeVar("Error", bound=ConsoleError)


def about(error: Error, *, tenant: Tenant, trail: Trail) -> Error:
    """Return the error with what the refused event should name."""
    error.tenant = tenant.as_ref()  # type: ignore[attr-defined]
    error.trail = trail  # type: ignore[attr-defined]
    return error


def broken_constraint(error: IntegrityError) -> str:
    """Return the name of the database constraint that refused, or an empty text."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
