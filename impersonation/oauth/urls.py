from django.urls import path

from impersonation.oauth import views

app_name = "oauth"
urlpatterns = [
    path("sessions/<uuid:session_id>/open/", views.open_product, name="open"),
    path(".well-known/jwks.json", views.jwks, name="jwks"),
    path("oauth/authorize", views.authorize, name="authorize"),
    path("oauth/token", views.token, name="token"),
    path("oauth/introspect", views.introspect, name="introspect"),
    path("oauth/events", views.events, name="events"),
]
