"""Masks: how many short values a second, and how often ordinary text is taken for a secret."""

import random
import statistics
import time
import uuid

from bench.rows import Row
from tenants.masking import veil

WANTED = 1_000_000  # short values a second
VALUES = 100_000
TURNS = 5


def ordinary(chance: random.Random) -> list[str]:
    """Order numbers, UUIDs, phone-like numbers and prose: nothing that a mask should touch."""
    made = []
    for n in range(VALUES // 4):
        made += [
            f"ORD-{chance.randrange(10**8):08d}",
            str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            f"+49 30 {chance.randrange(10**7):07d}",
            f"The parcel of row {n} waits at the station.",
        ]
    return made


def seconds(values: list[str]) -> float:
    """The time to veil all of them once."""
    began = time.perf_counter()
    for value in values:
        veil(value, "public")
    return time.perf_counter() - began


def run() -> list[Row]:
    """Microseconds a value against the bar; false positives in a thousand against one."""
    chance = random.Random(8)
    short = [f"{word}-{n}" for n in range(VALUES // 4) for word in ("paid", "Team", "row", "EU")]
    text = ordinary(chance)
    each = statistics.median(seconds(short) for _ in range(TURNS)) / len(short)
    taken = sum(1 for value in text if (seen := veil(value, "public")) and seen.masked)
    return [
        Row("mask of one short value", each * 1e6, 1e6 / WANTED, "us", f"{1 / each:,.0f} values a second"),
        Row("ordinary text that is masked, of 1,000", 1000 * taken / len(text), 1, "values"),
    ]
