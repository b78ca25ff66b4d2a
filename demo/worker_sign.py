"""Included into the demo's worker: says that it takes work, by making the file WORKER_SIGN."""

import os
from pathlib import Path

from celery.signals import worker_ready


@worker_ready.connect
def tell(**_: object) -> None:
    """Makes the file."""
    Path(os.environ["WORKER_SIGN"]).touch()
