from django.contrib import admin
from django.urls import include, path

from opsconsole import health
from opsconsole.finding import find

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("accounts.people.urls")),
    path("tenants/", include("tenants.urls")),
    path("", include("tenants.desk.urls")),
    path("", include("grants.urls")),
    path("", include("grants.consent.urls")),
    path("", include("impersonation.urls")),
    path("", include("impersonation.oauth.urls")),
    path("", include("impersonation.running.urls")),
    path("audit/", include("audit.urls")),
    path("policy/", include("grants.matrix.urls")),
    path("policy/", include("tenants.trying.urls")),
    path("policy/", include("audit.versions.urls")),
    path("api/v1/", include("opsconsole.api")),
    path("admin/", admin.site.urls),
    path("find/", find, name="find"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]

handler400 = "opsconsole.health.bad_request"
handler403 = "opsconsole.health.forbidden"
handler404 = "opsconsole.health.not_found"
handler500 = "opsconsole.health.server_error"
