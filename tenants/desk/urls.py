from django.urls import path

from tenants.desk import views

app_name = "desk"
urlpatterns = [
    path("tenants/<str:slug>/panels/<slug:key>/answer/", views.answer, name="answer"),
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio/<str:slug>/", views.portfolio_tenant, name="portfolio-tenant"),
    path("portfolio/<str:slug>/notes/", views.add_note, name="add-note"),
    path("attention/", views.attention, name="attention"),
    path("reviews/", views.reviews, name="reviews"),
    path("metrics-board/", views.board, name="board"),
]
