from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.explorer, name="explorer"),
    path("count/", views.count, name="count"),
    path("story/", views.story, name="story"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/proof/", views.event_proof, name="event-proof"),
    path("checkpoints/", views.checkpoints, name="checkpoints"),
    path("checkpoints/latest.txt", views.latest_checkpoint, name="latest-checkpoint"),
    path("integrity/", views.integrity, name="integrity"),
]
