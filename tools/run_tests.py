"""Runs the whole suite, with a browser where one can be had: `python -m tools.run_tests [pytest's options]`."""

import os
import shutil
import sys
from pathlib import Path

from tools import apt

ROOT = Path(__file__).resolve().parent.parent
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")  # each half of the suite has engines of its own
WITHOUT_BROWSER = "*** NO CHROMIUM: THE BROWSER TESTS ARE LEFT OUT. As root: apt-get install chromium ***"


def has_chromium() -> bool:
    """True when Chromium is here, after installing Debian's where that can be done."""
    return shutil.which("chromium") is not None or (
        apt.install("chromium") and shutil.which("chromium") is not None
    )


def main() -> None:
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *sys.argv[1:]]
    if not has_chromium():
        print(WITHOUT_BROWSER, flush=True)
        command += ["-m", "not browser"]
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
