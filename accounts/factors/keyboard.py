from django.http import HttpRequest

from accounts.factors.actions import Answer, show_factor
from accounts.factors.fresh import hold
from accounts.models import Person


def prove_at_keyboard(*, person: Person, code: str) -> None:
    """Check the second factor of somebody who runs a command, and let its verbs see it; wrong ones count as on the page.

    Raises as `show_factor` does.
    """
    request = HttpRequest()
    request.method = "POST"
    request.META = {"REMOTE_ADDR": "127.0.0.1", "PATH_INFO": "manage.py"}
    hold(show_factor(request=request, person=person, answer=Answer(code=code), signed_in=False))
