from django.urls import path

from tenants.desk import views

app_name = "desk"
urlpatterns = [
    path("tenants/<str:slug>/panels/<slug:key>/answer/", views.answer, name="answer"),
    path("reviews/", views.reviews, name="reviews"),
    path("metrics-board/", views.board, name="board"),
]
