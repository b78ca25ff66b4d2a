"""Libraries the console is measured against, in a directory of their own."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / ".local/bench-rivals"
LISTING = HERE / "requirements.txt"


def rivals() -> Path:
    """Return the directory to put on the path; installs what is listed, once, every file checked against its hash."""
    stamp = PLACE / "installed"
    if not stamp.exists() or stamp.read_text() != LISTING.read_text():
        options = ["--target", str(PLACE), "--upgrade", "--require-hashes", "--no-deps", "--quiet"]
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options]
        subprocess.run([*pip, "-r", str(LISTING)], check=True)
        stamp.write_text(LISTING.read_text())
    return PLACE
