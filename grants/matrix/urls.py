from django.urls import path

from grants.matrix import views

app_name = "matrix"
urlpatterns = [
    path("matrix/", views.matrix, name="matrix"),
    path("matrix.csv", views.matrix_csv, name="csv"),
    path("rule/", views.rule, name="rule"),
]
