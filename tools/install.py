"""Makes `.venv` and installs one locked list into it: `python3 -m tools.install demo|dev`.

Runs on a bare machine with the standard library. Nothing is installed again while the list stays the same.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools import apt

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LISTS = {"demo": ("demo",), "dev": ("dev", "demo")}  # what is then in place


def say(sentence: str) -> None:
    print(sentence, flush=True)


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / f"requirements/{name}.txt").read_bytes()).hexdigest()


def stamp(name: str) -> Path:
    return VENV / f"{name}.installed"


def in_place(name: str) -> bool:
    return PYTHON.exists() and stamp(name).exists() and stamp(name).read_text() == digest(name)


def venv_package() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def make_venv() -> None:
    """Makes `.venv`; where Debian's part for it is missing, installs it as root, else says how and stops."""
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out of python3
    except ImportError:
        if not apt.install(venv_package()):
            sys.exit(f"{venv_package()} is missing. Install it as root: {apt.command(venv_package())}")
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"Python could not make .venv. Try: apt-get install {venv_package()}")


def install(name: str) -> None:
    """Installs the list with pip, every file checked against its hash; shows how far it is."""
    listing = ROOT / f"requirements/{name}.txt"
    total = sum("==" in line for line in listing.read_text().splitlines())
    say(f"installing up to {total} pinned packages from requirements/{name}.txt")
    options = ["--require-hashes", "--no-deps", "--no-compile", "--progress-bar", "off", "--no-input"]
    pip = subprocess.Popen(
        [str(PYTHON), "-m", "pip", "install", *options, "--disable-pip-version-check", "-r", str(listing)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = follow(pip, total)
    if pip.wait():
        print("\n".join(lines[-15:]))
        sys.exit(
            f"The packages of requirements/{name}.txt could not be installed; pip's last lines are above."
        )


def follow(pip: "subprocess.Popen[str]", total: int) -> "list[str]":
    lines = []
    seen = 0
    assert pip.stdout is not None  # noqa: S101
    for line in pip.stdout:
        lines.append(line.rstrip())
        if line.startswith(("Collecting", "Requirement already")):
            seen += 1
            if seen % 20 == 0:
                say(f"  {seen} of {total} packages")
        elif line.startswith("Installing collected"):
            say("  putting them in place")
    return lines


def main(name: str) -> None:
    if in_place(name):
        return
    started = time.monotonic()
    (ROOT / ".local").mkdir(exist_ok=True)
    with (ROOT / ".local/install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not in_place(name):
            make_venv()
            install(name)
            for covered in LISTS[name]:
                stamp(covered).write_text(digest(covered))
    say(f"packages are in place ({time.monotonic() - started:.0f} s)")


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this may run on any python3
        sys.exit("Python 3.11 or newer is needed: set PYTHON to one, such as `make PYTHON=python3.12 demo`.")
    main(sys.argv[1])
