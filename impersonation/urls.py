from django.urls import path

from impersonation import views

app_name = "impersonation"
urlpatterns = [
    path("grants/<uuid:grant_id>/sessions/", views.start, name="start"),
    path("sessions/", views.wall, name="wall"),
    path("sessions/end/", views.end_all, name="end-all"),
    path("sessions/<uuid:session_id>/", views.session, name="session"),
    path("sessions/<uuid:session_id>/end/", views.end, name="end"),
]
