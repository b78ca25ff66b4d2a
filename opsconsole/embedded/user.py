"""Which user an embedded PostgreSQL runs as: it refuses to run as root.

No user is added to the machine and no parent directory is opened up.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
PUBLIC_STORE = Path("/var/tmp")  # noqa: S108


class Identity(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that choose a user."""

    user: int
    group: int
    extra_groups: list[int]


@cache
def unshare_allowed() -> bool:
    """True where the kernel lets this user make a user namespace (many containers refuse)."""
    try:
        return subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass(frozen=True)
class EngineUser:
    """`direct`: as we are; `unshare`: root as 1000 in a namespace; `nobody`: root gives up its rights."""

    way: Literal["direct", "unshare", "nobody"]

    @classmethod
    def for_data(cls, data_dir: Path) -> "EngineUser":
        """The way for this machine; a data directory that was once moved out for `nobody` stays so."""
        if os.geteuid() != 0:
            return cls("direct")
        return cls("unshare" if unshare_allowed() and not data_dir.is_symlink() else "nobody")

    def command(self, command: list[str]) -> list[str]:
        """The command as it must be started."""
        return [*UNSHARE, *command] if self.way == "unshare" else command

    def identity(self) -> Identity:
        """The user to start it as; empty when it stays the same."""
        if self.way != "nobody":
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Makes `path`, with all below it, readable by the engine."""
        if self.way != "nobody":
            return
        nobody = pwd.getpwnam("nobody")
        for folder, _, files in os.walk(path):
            for name in (".", *files):
                os.chown(Path(folder) / name, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def prepare(self, bin_dir: Path, data_dir: Path, socket_dir: Path) -> tuple[Path, Path]:
        """Where binaries and data are for this user: (bin_dir, data_dir). Only `nobody` needs copies."""
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        if self.way != "nobody":
            return bin_dir, data_dir
        store = self._store(data_dir)
        real_data = store / "data"
        if not data_dir.is_symlink():
            if data_dir.exists():
                shutil.move(data_dir, real_data)
            else:
                real_data.mkdir(mode=0o700)
            data_dir.symlink_to(real_data)
        bin_dir = self._copy_out(bin_dir, store)
        self.give(store)
        self.give(socket_dir)
        return bin_dir, real_data

    def forget(self, data_dir: Path) -> None:
        """Deletes the data directory, and the copies made for `nobody` with it."""
        if data_dir.is_symlink():
            shutil.rmtree(data_dir.resolve().parent, ignore_errors=True)
            data_dir.unlink()
        elif data_dir.exists():
            shutil.rmtree(data_dir)

    def _store(self, data_dir: Path) -> Path:
        if data_dir.is_symlink():
            return data_dir.resolve().parent
        name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
        store = PUBLIC_STORE / f"opsconsole-{name}"
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(mode=0o700)
        return store

    def _copy_out(self, bin_dir: Path, store: Path) -> Path:
        if bin_dir.is_relative_to("/usr"):
            return bin_dir
        package = bin_dir.parents[1]
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, store / part.name, dirs_exist_ok=True, symlinks=True)
        return store / package.name / bin_dir.relative_to(package)
