"""How long a try waits for the next one."""

import random
from datetime import timedelta

FIRST_PAUSE = 10.0  # seconds; doubled after each try
LONGEST_PAUSE = 7200.0  # seconds
JITTER = 0.25  # of the pause, either way: what broke together does not come back together


def pause_after(attempts: int, longest: float = LONGEST_PAUSE) -> timedelta:
    """Return how long to wait after so many tries, growing to `longest` seconds, with jitter."""
    pause = min(FIRST_PAUSE * 2 ** min(max(0, attempts - 1), 20), longest)
    return timedelta(seconds=pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret hangs on it
