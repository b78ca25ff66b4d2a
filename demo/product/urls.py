from django.http import HttpResponse
from django.urls import include, path

from demo.product.quillfold.views import account, api, closed, invoices, odd, people, sign_in, work

handler500 = "demo.product.quillfold.views.odd.failed"

urlpatterns = [
    path("support-session/", include("impersonation.product.urls")),
    path("healthz", lambda _request: HttpResponse("ok", content_type="text/plain")),
    path("", account.home, name="home"),
    path("sign-in/", sign_in.enter, name="sign-in"),
    path("sign-out/", sign_in.leave, name="sign-out"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("invoices/<int:number>/paid/", invoices.mark_paid, name="mark-paid"),
    path("invoices/<int:number>/download/", invoices.download, name="download"),
    path("imports/", work.imports, name="imports"),
    path("imports/<int:number>/progress/", work.progress, name="progress"),
    path("imports/<int:number>/retry/", work.retry, name="retry"),
    path("imports/<int:number>/retry-now/", work.retry_now, name="retry-now"),
    path("users/", people.users, name="users"),
    path("users/invite/", people.invite, name="invite"),
    path("settings/", account.settings, name="settings"),
    path("settings/tokens/", account.tokens, name="tokens"),
    path("preferences/", account.preferences, name="preferences"),
    path("history/", account.history, name="history"),
    path("api/invoices/", api.invoices, name="api-invoices"),
    path("activity/", odd.activity, name="activity"),
    path("help/", odd.help_page, name="help"),
    path("help/article/", odd.article, name="article"),
    path("broken/", odd.broken, name="broken"),
    path("billing/", closed.billing, name="billing"),
    path("security/mfa/", closed.second_factor, name="second-factor"),
    path("admin/", closed.administration, name="administration"),
]
