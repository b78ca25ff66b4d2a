"""What the form that closes a case shows beside its fields."""

from typing import Any

from django import template

from grants.models import Case, ProductProblem
from grants.queries.closing import checklist_of, title_of

register = template.Library()


@register.simple_tag
def checklist(case: Case) -> dict[str, Any]:
    """Return what must be gone, what stays, and whether the trouble came back, as the database has it now."""
    return checklist_of(case)


@register.simple_tag
def problems_of(case: Case) -> list[dict[str, Any]]:
    """Return the trouble that was flagged when the case closed."""
    rows = ProductProblem.objects.filter(case=case).order_by("kind")
    return [{"problem": row, "title": title_of(row.kind), "times": len(row.earlier) + 1} for row in rows]
