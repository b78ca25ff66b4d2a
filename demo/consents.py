"""What customers said in the demo's week: asked first, agreed, said no, or still to answer."""

from datetime import timedelta
from typing import TYPE_CHECKING

from accounts.models import Person
from audit.policies import active_policy
from grants.consent.actions.linking import customer_of
from grants.consent.rules import consent_rules_in_force
from grants.consent.standing import own_mode
from grants.consent.tokens import digest_of_token, token_of
from grants.models import ConsentAnswer, ConsentAsk, ConsentMode, CustomerLink, CustomerMail, Mode

if TYPE_CHECKING:
    from demo.history import StoryWriter

REASON = "Their contract asks that they agree to each access first."


def ask_customer(writer: "StoryWriter") -> None:
    """Write that the customer of a story agrees to each access first, what was asked of them, and their link."""
    request, at = writer.request, writer.at
    if own_mode(writer.tenant) is None:
        _set_mode(writer)
    silent = timedelta(minutes=consent_rules_in_force().silent_minutes)
    staff_until, request.pending_until = request.pending_until, min(request.pending_until, at + silent)
    request.save(update_fields=["pending_until"])
    ConsentAsk(
        request=request, round=1, mode=Mode.MUST_APPROVE, when_silent=ConsentAsk.Silence.LAPSE, asked_at=at,
        answer_by=request.pending_until, staff_until=staff_until,
    ).save(force_insert=True)  # fmt: skip
    link = CustomerLink(
        kind=CustomerLink.Kind.CONSENT, tenant=writer.tenant, request=request, made_at=at,
        expires_at=writer.now + timedelta(days=1),
    )  # fmt: skip
    link.digest = digest_of_token(token_of(link.pk))
    link.save(force_insert=True)
    if writer.story.outcome == "pending":
        CustomerMail(link=link, made_at=at, next_try_at=at).save(force_insert=True)


def answer_customer(writer: "StoryWriter", answer: ConsentAnswer.Answer, comment: str = "") -> None:
    """Write a customer's answer to everything that a story asked for, with its event."""
    request = writer.request
    link = CustomerLink.objects.get(request=request)
    ConsentAnswer(
        request=request, round=1, answer=answer, digest=request.digest, scopes=sorted(writer.story.scopes),
        minutes=request.minutes, comment=comment, link=link, policy_version=active_policy().version, at=writer.at,
    ).save(force_insert=True)  # fmt: skip
    link.used_at = writer.at
    link.save(update_fields=["used_at"])
    said = {
        "obj": request.as_ref(),
        "trail": request.trail(),
        "authority": "none",
        "scopes": sorted(writer.story.scopes),
    }
    by = customer_of(writer.tenant)
    if answer == ConsentAnswer.Answer.AGREED:
        writer.record_by(
            by, "consent.given", **said, minutes=request.minutes, waits_for="1 more approval of our staff"
        )
    else:
        writer.record_by(by, "consent.refused", **said, comment=comment, then="the request is over")


def _set_mode(writer: "StoryWriter") -> None:
    admin = Person.objects.get(username="admin")
    ConsentMode(
        tenant=writer.tenant, mode=Mode.MUST_APPROVE, reason=REASON, set_by=admin, set_at=writer.at
    ).save(force_insert=True)  # fmt: skip
    writer.record_by(
        admin.as_actor(), "consent.mode_set", mode=Mode.MUST_APPROVE.label.lower(), before="as the policy says", reason=REASON
    )  # fmt: skip
