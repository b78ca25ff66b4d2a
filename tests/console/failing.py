"""The console's own addresses, and one whose view breaks with something secret in its hands."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from opsconsole.lib.doors import public
from opsconsole.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


@public
def breaks(request: HttpRequest) -> HttpResponse:
    password = "hunter2-of-the-inside"
    raise RuntimeError(f"connection to 10.0.0.7 refused for {password}")


urlpatterns = [path("breaks/", breaks), *urlpatterns]
