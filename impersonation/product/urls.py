"""To be included at `SUPPORT_SESSION["PATH"]`, which is `/support-session/`."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, path

from . import views

app_name = "support_session"
urlpatterns: list[URLPattern] = [
    path("exit/", views.leave, name="exit"),
    path("ended/", views.ended, name="ended"),
    path("status.json", views.status, name="status"),
]
if find_spec(".handoff_urls", __package__):
    urlpatterns += import_module(".handoff_urls", __package__).urlpatterns
