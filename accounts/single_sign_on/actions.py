"""The verbs of single sign-on: let somebody in whom the provider vouches for, link them, take the link away."""

import unicodedata

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.text import capfirst

from accounts.actions import set_roles_by_groups
from accounts.factors.actions import LockedOut
from accounts.factors.fresh import Proof, remember
from accounts.factors.lockout import locked_out
from accounts.models import Person
from accounts.sign_ins.actions import renew_session
from accounts.single_sign_on.queries import link_of, person_told, provider_name, single_sign_on_rules
from accounts.single_sign_on.told import Told
from audit.actions import record
from audit.refs import SYSTEM
from opsconsole.lib.errors import Conflict, Invalid, Refused
from opsconsole.lib.step_up import FACTORS, guard_step_up

METHOD = "provider"
NO_ACCOUNT = (
    "{} knows you, but no open account of yours is here. Ask whoever manages the people of this console, "
    "or sign in with your password and link the two under Security."
)
NO_GROUPS = (
    "{} did not say which groups you are in, so nobody knows what you may do here. "
    "Please tell whoever looks after it."
)
NO_ROLE = "None of your groups at {} opens this console. Ask whoever looks after the groups."
NOT_CHECKED = "{} has not checked your e-mail address yet. Confirm it there, then come back."
NAME_TAKEN = (
    "There is an account under your name or address already, or your name cannot be used here. If it is yours, sign in with "
    "its password and link the two under Security."
)


class NotLetIn(Invalid):
    """The provider vouches for somebody, and the console does not let them in. `cause` is for the log, `person` where it is known who."""

    code = "not_let_in"

    def __init__(self, sentence: str, *, cause: str, person: Person | None = None) -> None:
        super().__init__({"provider": capfirst(sentence)})
        self.cause = cause
        self.person = person


class LinkThere(Conflict):
    code = "link_there"


class MayNotUnlink(Refused):
    code = "may_not_unlink"


def let_in(*, request: HttpRequest, told: Told) -> tuple[Person, Proof | None]:
    """Bring somebody's roles in line with their groups, and return them with the second factor that the provider vouches for, if any.

    Opens no session yet. Raises `NotLetIn` with a sentence for the person, `LockedOut` while wrong tries keep their door shut here.
    """
    rules = single_sign_on_rules()
    roles = _roles_told(told)
    person = person_told(told)
    if person is None and roles and rules.add_people:
        person = _add(told)
    if person is None or not person.is_active:
        cause = "deactivated" if person else "no account is linked"
        raise NotLetIn(NO_ACCOUNT.format(provider_name()), cause=cause, person=person)
    if locked_out(request, person):
        raise LockedOut("There were too many tries. Wait a quarter of an hour.")
    _bring_in_line(person, roles)
    vouched = bool(rules.second_factor & told.ways)
    with transaction.atomic(durable=True):
        proof = Proof(person.pk, METHOD, told.at) if vouched else None
        words = ", ".join(sorted(rules.second_factor & told.ways))
        record(
            "person.provider_accepted",
            actor=person.as_actor(),
            obj=person.as_ref(),
            authority="none",
            provider=provider_name(),
            factor=words,
        )
    return person, proof


def _roles_told(told: Told) -> frozenset[str]:
    if told.groups is None:
        sentence = NO_GROUPS.format(provider_name())
        raise NotLetIn(sentence, cause="the groups are missing", person=person_told(told))
    if told.email and not told.email_verified:
        sentence = NOT_CHECKED.format(provider_name())
        raise NotLetIn(sentence, cause="the e-mail address is not verified", person=person_told(told))
    return single_sign_on_rules().roles_of(told.groups)


def _bring_in_line(person: Person, roles: frozenset[str]) -> None:
    try:
        set_roles_by_groups(person=person, roles=roles, provider=provider_name())
    except (Invalid, Conflict) as error:
        sentence = f"Your groups at {provider_name()} do not fit the policy here: {error.sentence}"
        raise NotLetIn(sentence, cause="the groups do not fit the policy", person=person) from None
    if not roles:
        sentence = NO_ROLE.format(provider_name())
        raise NotLetIn(sentence, cause="no group opens the console", person=person)


def _add(told: Told) -> Person:
    """Make the account of somebody who comes for the first time.

    A name or an address that is taken is never joined with its owner, and makes no second account: whoever was off-boarded here and is
    still in a group there would come back by it.
    """
    if told.email and Person.objects.filter(email__iexact=told.email).exists():
        raise NotLetIn(NAME_TAKEN, cause="the address is taken")
    username = unicodedata.normalize("NFKC", told.username or told.email.partition("@")[0])
    person = Person(username=username, display_name=(told.name or username)[:80], email=told.email)
    person.set_unusable_password()
    try:
        person.clean_fields(exclude=["password"])
        with transaction.atomic(durable=True):
            person.save(force_insert=True)
            SocialAccount.objects.create(provider=told.issuer, uid=told.subject, user=person)
            record("person.added_by_provider", actor=SYSTEM, obj=person.as_ref(), provider=provider_name())
    except (ValidationError, IntegrityError):
        raise NotLetIn(NAME_TAKEN, cause="the name is taken or cannot be used") from None
    return person


def show_at_provider(*, request: HttpRequest, actor: Person, told: Told) -> None:
    """Take the second factor that somebody signed in has shown to the provider; the browser gets a new session key and keeps the proof.

    How fresh it is follows the provider's own time. Raises `NotLetIn` for somebody else, and where it vouches for none that the policy
    counts.
    """
    known = person_told(told)
    if known is None or known.pk != actor.pk or not single_sign_on_rules().second_factor & told.ways:
        sentence = f"{provider_name()} did not vouch for a second factor of yours."
        raise NotLetIn(sentence, cause="the provider vouches for no second factor", person=actor)
    with transaction.atomic(durable=True):
        proof = Proof(actor.pk, METHOD, told.at)
        remember(request, proof)
        renew_session(request)
        record("person.factor_shown", actor=actor.as_actor(), obj=actor.as_ref(), factor=proof.words)


def link(*, actor: Person, told: Told) -> None:
    """Link oneself to an account at the provider, so that it opens this one from now on.

    Raises `StepUpNeeded`, `LinkThere` where either has a link already, `NotLetIn` for an e-mail address that nobody checked.
    """
    guard_step_up(actor, FACTORS)
    _roles_told(told)
    with transaction.atomic(durable=True):
        person = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        if link_of(person) or person_told(told):
            raise LinkThere(
                "This account or that one is linked already. Take the old link away first.", state="linked"
            )
        SocialAccount.objects.create(provider=told.issuer, uid=told.subject, user=person)
        record("person.linked", actor=person.as_actor(), obj=person.as_ref(), provider=provider_name())


def unlink(*, actor: Person, person: Person) -> bool:
    """Take the link of a person to the provider away, and tell whether there was one. Oneself, or whoever manages people, may.

    Raises `MayNotUnlink`, `StepUpNeeded`, `Conflict` for one's own where there is no password to come in by.
    """
    own = actor.pk == person.pk
    if not own and not actor.has_perm("console.manage_people"):
        raise MayNotUnlink("You may not change people.", scope="manage_people")
    guard_step_up(actor, FACTORS if own else "people")
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if own and not row.has_usable_password():
            raise Conflict("It is your only way in. Ask whoever manages people here.", state="last")
        gone, _ = SocialAccount.objects.filter(user_id=row.pk).delete()
        if gone:
            record(
                "person.unlinked",
                actor=actor.as_actor(),
                obj=row.as_ref(),
                provider=provider_name() or "a provider",
            )
    return bool(gone)
