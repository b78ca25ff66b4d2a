from django.urls import path

from accounts import views
from accounts.factors import views as factors
from accounts.preferring import views as preferring
from accounts.sign_ins import views as sign_ins
from accounts.single_sign_on import views as single_sign_on

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in_view, name="sign-in"),
    path("sign-in/code/", factors.second_factor, name="second-factor"),
    path("sign-in/first/", factors.first_factor, name="first-factor"),
    path("sign-in/company/", single_sign_on.there, name="single-sign-on"),
    path("sign-in/company/back/", single_sign_on.back, name="single-sign-on-back"),
    path("sign-out/", views.sign_out_view, name="sign-out"),
    path("step-up/", factors.show_again, name="step-up"),
    path("profile/", preferring.profile, name="profile"),
    path("profile/preferences/", preferring.prefer, name="prefer"),
    path("password/", views.password, name="password"),
    path("security/", sign_ins.security, name="security"),
    path("security/add/", factors.add, name="add-factor"),
    path("security/factors/<int:factor_id>/remove/", factors.remove, name="remove-factor"),
    path("security/codes/", factors.codes, name="codes"),
    path("security/codes/new/", factors.new_codes, name="new-codes"),
    path("security/link/", single_sign_on.ask_to_link, name="ask-to-link"),
    path("security/link/remove/", single_sign_on.end_link, name="end-link"),
    path("security/sign-ins/<uuid:sign_in_id>/end/", sign_ins.end, name="end-sign-in"),
    path("security/sign-ins/end-others/", sign_ins.end_others, name="end-others"),
]
