"""The web container's health check: asks /readyz as the reverse proxy would. Exit status 0 when it is ready."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    """0 when the console says it is ready, else 1; exits with a sentence when nothing answers."""
    public = urlsplit(os.environ.get("OPSCONSOLE_PUBLIC_URL", "http://127.0.0.1:8000"))
    headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme, "X-Forwarded-For": "127.0.0.1"}
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/readyz", headers=headers)
        return 0 if connection.getresponse().status == 200 else 1
    except OSError as error:
        sys.exit(f"nothing answers: {error}")
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
