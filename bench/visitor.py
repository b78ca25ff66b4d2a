"""A person of the demo who is signed in, without the network."""

import time
from typing import Any


def signed_in(username: str) -> Any:
    """Return a Django test client of that person."""
    from django.test import Client

    from accounts.models import Person

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(Person.objects.get(username=username), "accounts.backends.RoleBackend")
    session = client.session
    session["signed_in_at"] = session["last_seen"] = time.time()
    session.save()
    return client
