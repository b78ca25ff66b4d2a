"""Asks whether a known hole stands in one of the locked packages: `python -m tools.audit_packages`.

Status 1 where there is one. Where nobody can be asked that is told in one loud line and the status is 0, as with tests that need a browser.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("base", "demo", "dev")
NOT_REACHED = "*** THE PACKAGES ARE NOT AUDITED: THE SERVICE THAT KNOWS OF HOLES CANNOT BE REACHED FROM HERE ({why}). ***"
SECONDS = 300


def audited(listing: Path) -> list[dict[str, object]]:
    """Return what pip-audit says of each package of a list. Raises `ConnectionError` with its last words where it could not ask."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--disable-pip",
            "--require-hashes",
            "--progress-spinner",
            "off",
        ]
        more = ["--requirement", str(listing), "--format", "json", "--output", str(told)]
        try:
            done = subprocess.run(
                [*command, *more], capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise ConnectionError("no answer in five minutes") from None
        if not told.is_file() or not told.read_text():
            raise ConnectionError((done.stderr.strip().splitlines() or ["no answer"])[-1][:120])
        found: list[dict[str, object]] = json.loads(told.read_text())["dependencies"]
        return found


def main() -> int:
    packages: dict[str, dict[str, object]] = {}
    try:
        for name in LISTS:
            packages |= {str(one["name"]): one for one in audited(ROOT / f"requirements/{name}.txt")}
    except ConnectionError as error:
        print(NOT_REACHED.format(why=error), flush=True)
        return 0
    unknown = [name for name, one in packages.items() if "skip_reason" in one]
    if unknown:
        print(
            NOT_REACHED.format(why=f"{len(unknown)} of {len(packages)} packages are unknown to it"),
            flush=True,
        )
    holes = [(name, one, hole) for name, one in packages.items() for hole in one.get("vulns", [])]  # type: ignore[attr-defined]
    for name, one, hole in holes:
        print(
            f"{name} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        )
    if not holes and not unknown:
        print(f"{len(packages)} packages, no known hole.")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
