"""What the package reads from `settings.SUPPORT_SESSION`; README.md lists it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

DEFAULTS: Mapping[str, Any] = {
    "PATH": "/support-session/",  # where urls.py is included
    "CONSOLE_URL": "",  # the console's base address; without one nobody is asked and nothing is sent
    "CLIENT_ID": "",  # the name by which the console knows this product
    "URL": "",  # this product's own base address, as a browser types it
    "KEYS": "",  # directory of this product's signing keys; `manage.py support_session_keys` makes them
    "SECURE": None,  # None: a cookie of https where URL is https or SESSION_COOKIE_SECURE is on
    "COOKIE": "",  # its name over http; `__Host-support-session` over https
    "LANDING": "/",  # where a session begins
    "IDLE_MINUTES": 10,
    "SUBJECT": f"{__package__}.subjects.find",  # (subject id, org) -> user or None
    "SUPERIOR": f"{__package__}.subjects.is_superior",  # user -> True for somebody nobody may act as
    "LABEL": f"{__package__}.subjects.label",  # user -> what the banner calls them
    "ROUTES": (),
    "TOKEN_HEADERS": (
        "Authorization",
        "X-Api-Key",
        "X-Auth-Token",
    ),  # say who somebody is, so not beside a session
    "UNLISTED": "read",  # what a route that is not listed allows: read | refuse
    "DATABASES": ("default",),  # whose writes are undone when a session ends while a request is under way
    "MAIL": "hold",  # hold | tag
    "MAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}


def setting(name: str) -> Any:
    """The product's word for a setting, or the default. Raises KeyError for a name that is neither."""
    given = getattr(settings, "SUPPORT_SESSION", {})
    return given[name] if name in given else DEFAULTS[name]


def imported(name: str) -> Any:
    """What a dotted path in a setting stands for."""
    return import_string(setting(name))
