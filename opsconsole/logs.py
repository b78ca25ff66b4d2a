"""What a log line may say of a request: never its query string, where a search and a customer's name stand."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

SIGNED = "/c/"  # a customer's page: its path is the key to it


class QuietRequestMiddleware(RequestMiddleware):
    """Logs the start and end of each request by method and path."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return `GET /tenants/`, without what was asked there."""
        path = f"{SIGNED}…" if request.path.startswith(SIGNED) else request.path
        return f"{request.method} {path}"
