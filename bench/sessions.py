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
    return [*_banner(), *_hand_off()]


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
        Row("banner outside a session", max(found["outside"], 0.01), 10.0, "us"),
    ]


def _hand_off() -> list[Row]:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "bench.handoffs"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    page = f"median {found['way_in']:.0f} ms from the click to the page, with one call between the servers"
    return [
        Row("redirects from the click to the product's page", found["redirects"], 5, "redirects", page),
        Row(
            "questions of one check of a session", found["queries"], 1, "queries", f"{found['check']:.2f} ms"
        ),
        Row("revoke to refusal in the product, with push", found["with_push"], 1000, "ms"),
        Row("the slowest of these", found["with_push_most"], 1000, "ms"),
        Row(
            "revoke to refusal without any push",
            found["without_push"],
            15.25,
            "s",
            "asked every quarter second",
        ),
    ]
