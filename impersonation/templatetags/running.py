"""What the session's page shows of approved actions."""

from django import template

from impersonation.models import ActionRun, SupportSession
from impersonation.running.queries import Offer, offers_of, runs_of

register = template.Library()


@register.simple_tag
def offers(session: SupportSession) -> list[Offer]:
    """Return the actions of the policy as this session may use them."""
    return offers_of(session)


@register.simple_tag
def runs(session: SupportSession) -> list[ActionRun]:
    """Return what was run in this session."""
    return runs_of(session)
