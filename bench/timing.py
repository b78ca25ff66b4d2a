"""How long something takes."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def seconds(act: Callable[[], Any]) -> float:
    """The wall-clock seconds of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def median_ms(act: Callable[[], Any], turns: int = 15) -> float:
    """The median of some calls in milliseconds, after one that does not count."""
    act()
    return statistics.median(seconds(act) for _ in range(turns)) * 1000
