from django.urls import path

from tenants import views

app_name = "tenants"
urlpatterns = [
    path("", views.search, name="search"),
    path("<str:slug>/", views.tenant, name="tenant"),
    path("<str:slug>/panels/<slug:key>/", views.panel, name="panel"),
    path("<str:slug>/panels/<slug:key>/reveal/", views.reveal, name="reveal"),
]
