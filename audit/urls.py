from django.urls import path

from audit import views
from audit.disclosure import views as disclosure
from audit.evidence import views as evidence
from audit.retention import views as retention
from audit.saved import views as saved

app_name = "audit"
urlpatterns = [
    path("", views.explorer, name="explorer"),
    path("count/", views.count, name="count"),
    path("story/", views.story, name="story"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/proof/", views.event_proof, name="event-proof"),
    path("events/<uuid:event_id>/values/<slug:name>/", disclosure.disclose, name="value"),
    path("events/<uuid:event_id>/values/<slug:name>/erase/", disclosure.erase, name="value-erase"),
    path("views/", saved.save, name="view-save"),
    path("views/<uuid:view_id>/share/", saved.share, name="view-share"),
    path("views/<uuid:view_id>/remove/", saved.remove, name="view-remove"),
    path("evidence/", evidence.packs, name="evidence"),
    path("evidence/<uuid:pack_id>/", evidence.pack, name="evidence-pack"),
    path("evidence/<uuid:pack_id>/approve/", evidence.approve, name="evidence-approve"),
    path("evidence/<uuid:pack_id>/deny/", evidence.deny, name="evidence-deny"),
    path("evidence/<uuid:pack_id>/file/", evidence.file, name="evidence-file"),
    path("retention/", retention.overview, name="retention"),
    path("retention/holds/", retention.place, name="holds"),
    path("retention/holds/<uuid:hold_id>/lift/", retention.lift, name="hold-lift"),
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("checkpoints/latest.txt", views.latest_checkpoint, name="latest-checkpoint"),
    path("integrity/", views.integrity, name="integrity"),
]
