from django.urls import path

from grants.consent import desk, views

app_name = "consent"
urlpatterns = [
    path("c/<str:signed>/", views.customer_page, name="page"),
    path("consent/", desk.customers, name="customers"),
    path("consent/<str:slug>/", desk.customer, name="customer"),
    path("consent/<str:slug>/mode/", desk.mode, name="mode"),
    path("consent/<str:slug>/ledger/", desk.ledger_link, name="ledger-link"),
    path("consent/<str:slug>/links/<uuid:link_id>/revoke/", desk.end_link, name="end-link"),
]
