from django.urls import path

from impersonation.running import views

app_name = "running"
urlpatterns = [
    path("sessions/<uuid:session_id>/actions/<str:key>/", views.action, name="action"),
    path("sessions/<uuid:session_id>/ask/", views.ask, name="ask"),
]
