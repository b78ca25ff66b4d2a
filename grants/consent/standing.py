"""How the customer stands to one request at one moment. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

from grants.consent.rules import MODES, consent_rules_in_force
from grants.models import AccessRequest, ConsentAnswer, ConsentAsk, ConsentMode, Mode
from tenants.models import Tenant


@dataclass(frozen=True)
class Consent:
    """What the present round of a request asks of the customer, and what was answered."""

    mode: str
    ask: ConsentAsk | None
    answer: ConsentAnswer | None
    refusal: ConsentAnswer | None

    @property
    def stands(self) -> bool:
        """Tell whether access may begin as far as the customer is concerned."""
        if self.refusal or self.mode == Mode.NEVER:
            return False
        return self.mode == Mode.NOTIFY or self.answer is not None

    @property
    def waits(self) -> bool:
        """Tell whether the customer has still to answer."""
        return self.mode == Mode.MUST_APPROVE and not self.answer and not self.refusal


def consent_of(request: AccessRequest) -> Consent:
    """Return the customer's part in a request's present round; one that asked nothing of the customer is one they are told of."""
    ask = request.consent_asks.filter(round=request.round).first()
    answers = list(request.consent_answers.all())
    kept = [
        one for one in answers if one.answer != ConsentAnswer.Answer.REFUSED and one.round == request.round
    ]
    refused = [one for one in answers if one.answer == ConsentAnswer.Answer.REFUSED]
    mode = ask.mode if ask else Mode.NOTIFY.value
    return Consent(mode, ask, kept[0] if kept else None, refused[0] if refused else None)


def own_mode(tenant: Tenant) -> ConsentMode | None:
    """Return what an administrator last set for a tenant, or None where the policy counts."""
    newest = ConsentMode.objects.filter(tenant=tenant).select_related("set_by").order_by("-id").first()
    return newest if newest and newest.mode else None


def mode_now(tenant: Tenant, consequences: Iterable[str], kind: str = AccessRequest.Kind.ASKED) -> str:
    """Return the mode that a request of some consequences has now. An emergency start waits for nobody, and "never" stays never."""
    own = own_mode(tenant)
    mode = consent_rules_in_force().mode_for(tenant.environment, consequences, own.mode if own else "")
    if kind == AccessRequest.Kind.BREAK_GLASS and mode != Mode.NEVER:
        return Mode.NOTIFY.value
    return mode


def is_stricter(mode: str, than: str) -> bool:
    """Tell whether a mode asks more of the customer than another."""
    return MODES.index(mode) > MODES.index(than)
