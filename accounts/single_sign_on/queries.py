"""Whether single sign-on is on, and who is linked to whom."""

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.models import Person
from accounts.single_sign_on.rules import SingleSignOnRules, parse_single_sign_on
from accounts.single_sign_on.told import Told
from audit.policies import active_policy
from opsconsole.lib.bundle import load


def single_sign_on_rules() -> SingleSignOnRules:
    """Return the rules of the policy in force."""
    policy = active_policy()
    return (
        load(policy.bundle, parse_single_sign_on, policy.version) if policy.version else SingleSignOnRules()
    )


def provider_name() -> str:
    """Return what the provider is called on pages, or an empty text where single sign-on is off: no settings, or no groups."""
    known = settings.SINGLE_SIGN_ON
    return str(known["name"]) if known and single_sign_on_rules().groups else ""


def person_told(told: Told) -> Person | None:
    """Return the person of a provider's `sub`, and of nothing else that it says (OpenID Connect Core 1.0, 5.7)."""
    row = SocialAccount.objects.filter(provider=told.issuer, uid=told.subject).select_related("user").first()
    return row.user if row else None


def link_of(person: Person) -> SocialAccount | None:
    """Return the link of a person to the provider of the settings, or None."""
    if not settings.SINGLE_SIGN_ON:
        return None
    found: SocialAccount | None = SocialAccount.objects.filter(
        provider=settings.SINGLE_SIGN_ON["issuer"], user_id=person.pk
    ).first()
    return found
