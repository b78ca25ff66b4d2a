"""Headers of a session: nothing that lets a page be shown again, or framed, without its banner."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from .coding import readable
from .face import Banner

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_RANGE")
FRAMES = "frame-ancestors 'self'"
VALIDATORS = {"etag", "last-modified", "expires", "accept-ranges", "content-md5", "digest"}


def ask_for_a_whole_page(request: HttpRequest) -> str | None:
    """Drop conditions and ranges from a request, and encodings that cannot be opened. Returns what the browser accepts."""
    meta = request.META
    if request.method in {"GET", "HEAD"}:
        for name in CONDITIONS:
            meta.pop(name, None)
    accepted: str | None = meta.get("HTTP_ACCEPT_ENCODING")
    if accepted:
        meta["HTTP_ACCEPT_ENCODING"] = readable(accepted)
    return accepted


def mark(response: HttpResponseBase, banner: Banner, *, own_policy: bool) -> None:
    """Mark every answer of a session. `own_policy`: nobody further out writes a Content-Security-Policy."""
    headers = response.headers
    headers["X-Support-Session"] = banner.header
    headers["Cache-Control"] = "no-store, private"
    for name in [name for name in headers if name.lower() in VALIDATORS]:
        del headers[name]
    if "Vary" in headers:
        patch_vary_headers(response, ["Cookie"])
    else:
        headers["Vary"] = "Cookie"
    if headers.get("X-Frame-Options", "").upper() != "DENY":
        headers["X-Frame-Options"] = "SAMEORIGIN"
    policy = headers.get("Content-Security-Policy", "")
    if "frame-ancestors" not in policy and (policy or own_policy):
        headers["Content-Security-Policy"] = f"{policy}, {FRAMES}" if policy else FRAMES
