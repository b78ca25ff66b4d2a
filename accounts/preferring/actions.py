"""The verb of preferences."""

from django.db import transaction

from accounts.models import Person
from accounts.preferring.choices import Preferences
from audit.actions import record


def set_preferences(*, actor: Person, wanted: Preferences) -> bool:
    """Keep how somebody wants their own pages, and return whether that changed anything; nothing changed is no event."""
    with transaction.atomic(durable=True):
        row = Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
        kept = wanted.kept()
        changed = sorted(
            name for name in {*kept, *row.preferences} if kept.get(name) != row.preferences.get(name)
        )
        if changed:
            row.preferences = kept
            row.save(update_fields=["preferences"])
            record(
                "person.preferences_changed", actor=row.as_actor(), obj=row.as_ref(), what=", ".join(changed)
            )
    return bool(changed)
