from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.explorer, name="explorer"),
    path("events/<uuid:event_id>/", views.event, name="event"),
]
