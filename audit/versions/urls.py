from django.urls import path

from audit.versions import views

app_name = "policy"
urlpatterns = [
    path("", views.versions, name="versions"),
    path("<slug:version>/", views.version, name="version"),
    path("<slug:version>/activate/", views.activate, name="activate"),
]
