"""Support sessions: what the banner costs on a page of 50 kB, beside django-hijack's in the same run."""

import json
import os
import subprocess
import sys

from bench.engine import ROOT
from bench.rivals import rivals
from bench.rows import Row


def run() -> list[Row]:
    """The banner's rows; each of the other figures comes from a process of its own as well."""
    return _banner()


def _banner() -> list[Row]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(rivals())])}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "bench.banners"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    size = f"{found['bytes'] // 1000} kB"
    return [
        Row(f"banner on a page of {size}", found["ours"], 100.0, "us"),
        Row("banner beside django-hijack's", found["ours"], found["hijack"], "us"),
        Row("outside a session, to a hundredth of a millisecond", max(found["outside"], 0.01), 10.0, "us"),
    ]
