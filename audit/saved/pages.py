"""Kept searches beside the filters of the explorer."""

from typing import Any

from django.http import QueryDict

from audit.pages.explorer import typed, typed_filters
from audit.refs import Staff
from audit.saved.queries import MOST_SHOWN, views_for


def kept_searches(actor: Staff, query: QueryDict) -> dict[str, Any]:
    """Return the searches this reviewer sees as picks, the one of theirs that is open, and the fields that would be kept."""
    own, now = actor.as_actor().id, typed_filters(query)
    views = list(views_for(actor)[:MOST_SHOWN])
    picks = [
        {
            "title": view.name if view.owner_id == own else f"{view.name} ({view.owner_label})",
            "url": view.get_absolute_url(),
            "current": view.query == now,
            "count": None,
        }
        for view in views
    ]
    mine = next((view for view in views if view.owner_id == own and view.query == now), None)
    return {"kept_views": picks, "own_view": mine, "kept_fields": typed(query)}
