"""Installs a Debian package where that is possible. Standard library only."""

import os
import shutil
import subprocess


def command(package: str) -> str:
    """The line to type as root."""
    return f"apt-get install --no-install-recommends -y {package}"


def install(package: str) -> bool:
    """Installs `package` as root on Debian. False where it cannot be had."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"installing Debian's {package}", flush=True)
    _quietly("apt-get update -q")
    return _quietly(command(package)) == 0


def _quietly(line: str) -> int:
    return subprocess.run(
        line.split(),
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode
