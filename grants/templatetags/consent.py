"""How the customer stands to a request, for the pages of staff."""

from django import template

from grants.consent.standing import consent_of
from grants.models import AccessRequest, Mode

register = template.Library()


@register.simple_tag
def customer_part(request: AccessRequest) -> dict[str, object]:
    """Return the customer's part in a request as the arguments of a chip, with the moment of their answer."""
    consent = consent_of(request)
    if consent.refusal:
        return {
            "word": "Did not agree",
            "tone": "bad",
            "at": consent.refusal.at,
            "comment": consent.refusal.comment,
        }
    if consent.answer:
        return {"word": consent.answer.get_answer_display(), "tone": "good", "at": consent.answer.at}
    if consent.waits and request.status in AccessRequest.OPEN:
        return {
            "word": "Has to agree first",
            "tone": "notice",
            "by": consent.ask.answer_by if consent.ask else None,
        }
    return {"word": Mode(consent.mode).label, "tone": "neutral"}
