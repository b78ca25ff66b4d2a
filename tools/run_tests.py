"""Runs the whole suite, with a browser and MariaDB where they can be had: `python -m tools.run_tests [pytest's options]`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import apt
from tools.small_disk import can_be_mounted

ROOT = Path(__file__).resolve().parent.parent
# Each part of the suite has engines of its own; order and parts are those of tests/conftest.py. Three on two cores: one often waits.
SIDE_BY_SIDE = ("-n", "3", "--no-loadscope-reorder")
CHROMIUM = (
    "chromium-headless-shell",
    "chromium",
)  # Debian's packages and their programs; the first is preferred
WITHOUT_BROWSER = "*** NO CHROMIUM: THE BROWSER TESTS ARE LEFT OUT. As root: apt-get install chromium ***"
WITHOUT_MARIADB = "*** NO MARIADB: THE TESTS OF THE MYSQL SOURCE ARE LEFT OUT. As root: apt-get install mariadb-server-core ***"
WITHOUT_SMALL_DISK = (
    "*** NO SMALL DISK CAN BE MOUNTED HERE: THE TESTS OF A FULL DISK ARE LEFT OUT (they need root) ***"
)
WITHOUT_OLDER_DJANGO = "*** DJANGO 4.2 CANNOT BE FETCHED: THE PRODUCT'S PACKAGE IS NOT TRIED UNDER IT ***"
OLDER_DJANGO = ROOT / ".local/django-4.2"  # beside the one in use: the product's package runs under both
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"  # where Debian keeps the server


def has_chromium() -> bool:
    """True when Debian's Chromium is here, after installing it where that can be done.

    Its shell without windows is the same engine for half the processor's time; `chromium` itself will do.
    """
    return any(shutil.which(name) or (apt.install(name) and shutil.which(name)) for name in CHROMIUM)


def has_mariadb() -> bool:
    """True when MariaDB's server is here, after installing Debian's where that can be done."""
    return shutil.which("mariadbd", path=SBIN) is not None or (
        apt.install("mariadb-server-core") and shutil.which("mariadbd", path=SBIN) is not None
    )


def has_older_django() -> bool:
    """True when the oldest Django of the product's package is here, after fetching it, checked by its hash, where that can be done."""
    if (OLDER_DJANGO / "django").exists():
        return True
    fetch = ["install", "--quiet", "--no-deps", "--require-hashes", "--target", str(OLDER_DJANGO)]
    listing = str(ROOT / "tests/product/django-4.2.txt")
    return not subprocess.run([sys.executable, "-m", "pip", *fetch, "-r", listing], check=False).returncode


def main() -> None:
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *sys.argv[1:]]
    if not has_chromium():
        print(WITHOUT_BROWSER, flush=True)
        command += ["-m", "not browser"]
    if not has_mariadb():
        print(WITHOUT_MARIADB, flush=True)
    if not has_older_django():
        print(WITHOUT_OLDER_DJANGO, flush=True)
    if not can_be_mounted():
        print(WITHOUT_SMALL_DISK, flush=True)
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
