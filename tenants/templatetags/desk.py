"""Filters for the pages of the desk."""

from typing import Any

from django import template

from opsconsole.lib import registry
from tenants.models import Tenant

register = template.Library()


@register.filter
def for_tenant(sentences: dict[str, str], tenant: Tenant) -> str:
    """The sentence about one tenant out of a line of the portfolio."""
    return sentences.get(str(tenant.pk), "None.")


@register.simple_tag(takes_context=True)
def note_targets(context: dict[str, Any], tenant: Tenant) -> list[dict[str, str]]:
    """The open cases of the reader that facts of a tenant can be attached to."""
    person = context["request"].user
    return [one for targets in registry.note_targets for one in targets(person=person, tenant_id=tenant.pk)]
