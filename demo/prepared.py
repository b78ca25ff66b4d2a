"""Whether the demo's databases are as this code makes them, so that a second start may go straight on."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from demo.options import DemoSettings
from demo.parts import ROOT

FOLDERS = ("opsconsole", "audit", "accounts", "tenants", "grants", "impersonation", "demo", "policy")
KINDS = {".py", ".sql", ".toml"}


class Prepared:
    """A file beside the data, with a digest of the code and policy that made them and the day they did."""

    def __init__(self, settings: DemoSettings, policy: Path) -> None:
        self._file = settings.directory / "prepared"
        self._ours = not {"DATABASE_URL", "PRODUCT_DATABASE_URL"} & set(settings.given)
        self._digest = _digest([*(ROOT / name for name in FOLDERS), policy])

    def is_done(self) -> bool:
        """True when nothing has changed today; never for a database that is not the demo's own."""
        return self._ours and self._file.exists() and self._file.read_text() == self._digest

    def forget(self) -> None:
        """To be called before anything is changed."""
        self._file.unlink(missing_ok=True)

    def keep(self) -> None:
        """To be called when all is in place."""
        if self._ours:
            self._file.write_text(self._digest)


def _digest(folders: list[Path]) -> str:
    made = hashlib.sha256(f"{datetime.now(UTC):%Y-%m-%d}".encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in KINDS:
                made.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()
