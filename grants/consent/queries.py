"""What a customer's page shows, and the door to it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Person
from accounts.queries import powers_of
from grants import policy
from grants.consent.standing import Consent, consent_of
from grants.consent.tokens import digest_of_token, link_named
from grants.digest import digest_of
from grants.models import AccessRequest, ConsentAnswer, CustomerLink, Grant, Mode
from grants.queries.pages import Question, question_of
from opsconsole.lib.clock import database_now

STAFF = "A member of our staff"


def find_link(token: str) -> CustomerLink | None:
    """Return the link of a signed text while it holds, else None: made up, revoked and expired are all the same."""
    return (
        CustomerLink.objects.select_related("tenant", "request__case", "request__tenant", "request__person")
        .filter(
            pk=link_named(token),
            digest=digest_of_token(token),
            revoked_at__isnull=True,
            expires_at__gt=database_now(),
        )
        .first()
    )


@dataclass(frozen=True)
class Asked:
    """One request as its customer sees it. `state` names what the page says; the customer sees roles, and no name of our staff."""

    request: AccessRequest
    question: Question
    consent: Consent
    state: str
    who: str
    grant: Grant | None
    may_agree: bool
    may_refuse: bool
    answer_by: datetime | None

    @property
    def goes_on(self) -> bool:
        """Tell whether silence lets the access begin."""
        return self.consent.ask is not None and self.consent.ask.when_silent == "go_on"


def asked_of(link: CustomerLink) -> Asked:
    """Return the request of a consent link as it stands now."""
    request = link.request
    if request is None:
        raise ValueError("this link shows no request")
    question, consent, now = question_of(request), consent_of(request), database_now()
    grant = request.grants.order_by("-starts_at").first()
    state = _state(question, consent, grant, now)
    waits = state == "asks" and link.used_at is None
    has_say = consent.mode in (Mode.OPEN_TICKET, Mode.MUST_APPROVE)
    return Asked(
        request=request,
        question=question,
        consent=consent,
        state=state,
        who=role_of(request.person),
        grant=grant,
        may_agree=waits and question.name == AccessRequest.Status.PENDING,
        may_refuse=has_say and state in ("asks", "agreed", "ticket", "silence", "later"),
        answer_by=consent.ask.answer_by if consent.ask and state == "asks" else None,
    )


def _state(question: Question, consent: Consent, grant: Grant | None, now: datetime) -> str:
    if consent.refusal:
        return "refused"
    if grant:
        name = policy.state_at(
            now, starts_at=grant.starts_at, expires_at=grant.expires_at, ended_at=grant.ended_at
        )
        return {"scheduled": "later", "live": "begun"}.get(name, "ended")
    if question.name == AccessRequest.Status.APPROVED:
        return "begun"
    if question.name not in AccessRequest.OPEN:
        return "over"
    if consent.waits:
        return "asks"
    return _ANSWERED.get(consent.answer.answer, "told") if consent.answer else "told"


_ANSWERED = {
    ConsentAnswer.Answer.AGREED.value: "agreed",
    ConsentAnswer.Answer.TICKET.value: "ticket",
    ConsentAnswer.Answer.SILENCE.value: "silence",
}


def role_of(person: Person) -> str:
    """Return a person's work in the words of the policy, for readers outside: never a name."""
    titles = powers_of(person).titles
    return " and ".join(titles) if titles else STAFF


def digest_as_asked(request: AccessRequest) -> str:
    """Return the digest of the whole question of the present round: what a link stood for when it was sent."""
    scopes = frozenset(request.scopes.values_list("scope", flat=True))
    said = tuple(request.messages.order_by("said_at").values_list("text", flat=True))
    return digest_of(request, policy.Decided(scopes, request.minutes), said)
