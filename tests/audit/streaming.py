"""What a stream handed over, beside what is sealed."""

import json

from audit.models import StreamPosition
from audit.seal import store


def kept(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def held(file):
    return [(line["log"], line["position"]) for line in kept(file)]


def sealed():
    """Return the places of all entries, in their order."""
    return store.rows_of("SELECT log, position FROM audit_seal_leaf ORDER BY log, position")


def due_now():
    """Let every pause and every claim be over; there is no clock to set in the console."""
    StreamPosition.objects.update(paused_until=None, busy_until=None)


def row(name="siem"):
    return StreamPosition.objects.get(pk=name)
