"""Reads of kept searches: one's own, and those that others show to all reviewers."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from audit.models import SavedView
from audit.refs import Staff

MOST_SHOWN = 40


def views_for(actor: Staff) -> QuerySet[SavedView]:
    """Return the kept searches a reviewer sees."""
    return SavedView.objects.filter(Q(owner_id=actor.as_actor().id) | Q(shared=True))


def own_view(actor: Staff, view_id: UUID) -> SavedView:
    """Return a search of one's own. Raises `Http404` for every other, those of other reviewers too."""
    found = SavedView.objects.filter(pk=view_id, owner_id=actor.as_actor().id).first()
    if found is None:
        raise Http404("There is no such search of yours.")
    return found
