"""`make reset`: deletes the demo's own files in DEMO_DIR, and nothing else that may lie there."""

import os
import shutil
import sys
from pathlib import Path

from demo.directory import claim
from demo.options import DemoSettings
from demo.parts import DemoError
from opsconsole.embedded import EngineUser

FILES = ("urls.env", "passwords.json", "prepared", "sockets", "lock")


def reset(directory: Path) -> str:
    """Returns what was done, in one sentence. Raises DemoError while a demo runs there."""
    if not (directory / "passwords.json").exists():
        return f"There are no demo data in {directory}."
    with claim(directory):
        EngineUser.for_data(directory / "postgres").forget(directory / "postgres")
        for folder in ("valkey", "logs", "witness"):
            shutil.rmtree(directory / folder, ignore_errors=True)
        if (directory / "sockets").is_symlink():
            shutil.rmtree((directory / "sockets").readlink(), ignore_errors=True)
        for name in FILES:
            (directory / name).unlink(missing_ok=True)
    if not any(directory.iterdir()):
        directory.rmdir()
    return f"The demo's data in {directory} are gone."


def main() -> None:
    """Prints what was done."""
    try:
        print(reset(DemoSettings.read(os.environ).directory))
    except DemoError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
