"""The order of middleware that a session needs, as system checks."""

from collections.abc import Sequence

from django.core.checks import CheckMessage, Error

CACHES = (
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)


def order_problems(
    middleware: Sequence[str], banner: str, *, above: Sequence[str] = CACHES, below: Sequence[str] = ()
) -> list[CheckMessage]:
    """One error for each middleware on the wrong side of the banner: it stands above `above` and below `below`."""
    if banner not in middleware:
        return [
            Error(
                f"{banner} is not in MIDDLEWARE.",
                hint="Pages of a support session would have no banner.",
                id="support_session.E001",
            )
        ]
    place = list(middleware).index(banner)
    late = [name for name in middleware[:place] if name in above]
    early = [name for name in middleware[place:] if name in below]
    return [
        *(_error(f"{banner} must stand above {name} in MIDDLEWARE.") for name in late),
        *(_error(f"{banner} must stand below {name} in MIDDLEWARE.") for name in early),
    ]


def _error(sentence: str) -> CheckMessage:
    return Error(sentence, hint="Else a page could be shown without its banner.", id="support_session.E002")
