from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from accounts.preferring.choices import preferences_of
from opsconsole.lib.shown import Shown, shown


class PreferenceMiddleware:
    """Lets the pages of one request write times as the person chose; the row was read with the person, so it costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/") or not isinstance(request.user, Person):
            return self.get_response(request)
        chosen = preferences_of(request.user.preferences)
        token = shown.set(Shown(chosen.times == "absolute", chosen.zone))
        try:
            return self.get_response(request)
        finally:
            shown.reset(token)
