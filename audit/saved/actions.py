"""The verbs on kept searches of the log."""

from uuid import UUID

from django.db import IntegrityError, transaction

from audit.actions.recording import record
from audit.models import SavedView
from audit.refs import Staff
from opsconsole.lib.clock import database_now
from opsconsole.lib.errors import Invalid

MOST = 50  # of one person


def save_view(*, actor: Staff, name: str, query: str, filters: list[str], shared: bool = False) -> SavedView:
    """Keep a search under a name and return it. The event names the filters, not what was typed into them.

    Raises `Invalid` for no name, no filter, a name that is taken, or too many of them.
    """
    who = actor.as_actor()
    if not name.strip():
        raise Invalid({"name": "Give the search a name."})
    if not filters:
        raise Invalid({"name": "There is no filter to keep. Search for something first."})
    if SavedView.objects.filter(owner_id=who.id).count() >= MOST:
        raise Invalid({"name": f"You keep {MOST} searches already. Remove one first."})
    view = SavedView(
        owner_id=who.id, owner_label=who.label, name=name.strip(), query=query, saved_at=database_now()
    )
    try:
        with transaction.atomic(durable=True):
            view.save(force_insert=True)
            record("view.saved", actor=who, obj=view.as_ref(), filters=filters)
    except IntegrityError as error:
        raise Invalid({"name": "You keep a search of this name already."}) from error
    return share_view(actor=actor, view_id=view.pk, shared=True) if shared else view


def share_view(*, actor: Staff, view_id: UUID, shared: bool) -> SavedView:
    """Show one's own search to all reviewers, or to oneself alone again, and return it."""
    with transaction.atomic(durable=True):
        view = SavedView.objects.select_for_update().get(pk=view_id, owner_id=actor.as_actor().id)
        if view.shared != shared:
            view.shared = shared
            view.save(update_fields=["shared"])
            record("view.shared" if shared else "view.unshared", actor=actor.as_actor(), obj=view.as_ref())
    return view


def remove_view(*, actor: Staff, view_id: UUID) -> None:
    """Remove one's own search."""
    with transaction.atomic(durable=True):
        view = SavedView.objects.select_for_update().get(pk=view_id, owner_id=actor.as_actor().id)
        ref = view.as_ref()
        SavedView.objects.filter(pk=view.pk).delete()
        record("view.removed", actor=actor.as_actor(), obj=ref)
