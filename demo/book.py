"""The success manager's book, and what they noted in it."""

from datetime import timedelta

from django.db import transaction

from accounts.models import Person
from accounts.rights.actions import Terms, install_right
from audit.actions import record
from audit.context import seeding
from audit.refs import Actor
from opsconsole.lib.clock import database_now
from tenants.models import Tenant, TenantNote

REVIEW_AFTER = timedelta(days=90)
SOON, LENT_FOR = timedelta(days=4), timedelta(days=19)
LENT = {
    "tern-island-outfitters-prod-ap": "Stands in for the colleague who looks after the region, until they are back."
}
DUE_SOON = ("willowmere-nurseries-prod-eu", "thistledown-toys-prod-eu")
NOTES = {
    "northwind-paper-prod-eu": "Moved to Enterprise for the warehouse team. They want to hear when the app shows the new seats.",
    "lumen-yoga-studio-prod-ap": "Trial ended while the owner was away. They asked for a week to choose between Starter and Team.",
    "copperleaf-roasters-prod-us": "New card comes from their bank this week. Do not offer a discount, it was given in March.",
}
BOOK = (
    *NOTES,
    "brightwater-fittings-prod-eu",
    "halcyon-textiles-prod-eu",
    "harbor-lane-dental-prod-us",
    "juniper-square-prod-eu",
    "pinefold-architects-prod-eu",
    "saltmarsh-ferries-prod-ap",
    "tern-island-outfitters-prod-ap",
    "thistledown-toys-prod-eu",
    "willowmere-nurseries-prod-eu",
)


def fill_book(actor: Actor) -> int:
    """Put the demo's tenants into the book, with their notes; return how many are new, 0 for a product that is not the demo's."""
    person = Person.objects.get(username="success")
    tenants = {tenant.slug: tenant for tenant in Tenant.objects.filter(slug__in=BOOK)}
    given = [slug for slug, tenant in tenants.items() if _give(actor, person, tenant)]
    if given:
        with transaction.atomic(durable=True):
            for slug in NOTES.keys() & set(given):
                _note(person, tenants[slug], NOTES[slug])
            record("demo.book_filled", actor=actor, tenants=len(given))
    return len(given)


def _give(actor: Actor, person: Person, tenant: Tenant) -> bool:
    now = database_now()
    lent = tenant.slug in LENT
    terms = Terms(
        owner="Head of customer success",
        reason=LENT.get(tenant.slug, "Looks after this customer since the start of the quarter."),
        review_on=(now + SOON if tenant.slug in DUE_SOON else now + REVIEW_AFTER).date(),
        ends_at=now + LENT_FOR if lent else None,
        exception=lent,
    )
    return install_right(actor=actor, person=person, right="view_tenant", obj=tenant, terms=terms)


def _note(person: Person, tenant: Tenant, text: str) -> None:
    at = database_now() - timedelta(days=2, hours=len(text) % 20)
    with seeding(at):
        note = TenantNote(tenant=tenant, person=person, text=text, at=at)
        note.save(force_insert=True)
        record("note.written", actor=person.as_actor(), tenant=tenant.as_ref(), obj=note.as_ref())
