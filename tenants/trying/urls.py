from django.urls import path

from tenants.trying import views

app_name = "trying"
urlpatterns = [
    path("panels/", views.question_map, name="map"),
    path("<slug:version>/panels/<slug:key>/", views.panel, name="panel"),
    path("<slug:version>/panels/<slug:key>/tickets/", views.ticket, name="ticket"),
]
