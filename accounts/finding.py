from django.db.models import Q
from django.urls import reverse

from accounts.models import Person
from accounts.queries import powers_of
from opsconsole.lib.hits import Hit

MOST = 6


def find_people(*, person: Person, text: str) -> list[Hit]:
    """Return people by the beginning of their sign-in name or anywhere in their name, for those who manage people."""
    if len(text) < 2 or "manage_people" not in powers_of(person).may:
        return []
    found = Person.objects.filter(Q(username__istartswith=text) | Q(display_name__icontains=text))[:MOST]
    return [
        Hit(one.display_name, reverse("people:person", args=[one.pk]), "Person", one.username)
        for one in found
    ]
