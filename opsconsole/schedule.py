"""What beat starts, in code. Each entry expires before the next one, so that a dead worker leaves no pile (design.md, law 1)."""

from typing import Any

from opsconsole.lib.registry import beat_entries


def beat_schedule() -> dict[str, dict[str, Any]]:
    """Return Celery's schedule from what the apps registered: name -> task and seconds between two runs."""
    return {
        name: {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}
        for name, (task, seconds) in beat_entries.items()
    }
