from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from opsconsole.lib.doors import public


class ConsoleAdminSite(AdminSite):
    """Django admin for administrators. Its sign-in is the console's own, with the same lockout."""

    site_header = "Administration"
    site_title = "Operations console"
    index_title = "People, what they hold, policy and log"
    enable_nav_sidebar = False

    @public
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        from accounts.views import sign_in_view

        answer: HttpResponse = sign_in_view(request)  # type: ignore[assignment]
        return answer

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Lead to the console's own page: a new password is a verb with an event."""
        return redirect("accounts:password")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(
            user.is_active and getattr(user, "is_staff", False) and user.has_perm("console.manage_people")
        )


class ConsoleAdminConfig(AdminConfig):
    default_site = "accounts.site.ConsoleAdminSite"
