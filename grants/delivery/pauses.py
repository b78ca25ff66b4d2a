"""How long a try waits for the next one."""

import random
from datetime import timedelta

MOST_ATTEMPTS = 12  # about five hours in all; what is given up then waits for a person
FIRST_PAUSE = 10.0  # seconds; doubled after each try
LONGEST_PAUSE = 7200.0  # seconds
JITTER = 0.25  # of the pause, either way: what broke together does not come back together


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries, growing, with jitter."""
    pause = min(FIRST_PAUSE * 2 ** max(0, attempts - 1), LONGEST_PAUSE)
    return timedelta(seconds=pause * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - no secret hangs on it
