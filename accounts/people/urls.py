from django.urls import path

from accounts.people import hook, views

app_name = "people"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/tenants/<str:slug>/", views.tenant, name="tenant"),
    path("people/rights/<uuid:right_id>/", views.right, name="right"),
    path("people/rights/<uuid:right_id>/take/", views.take, name="take-right"),
    path("people/<uuid:person_id>/", views.person, name="person"),
    path("people/<uuid:person_id>/off-board/", views.off_board_view, name="off-board"),
    path("people/<uuid:person_id>/roles/", views.roles, name="roles"),
    path("people/<uuid:person_id>/rights/", views.give, name="give-right"),
    path("hooks/people/", hook.people_hook, name="hook"),
]
