"""`make bench`: runs every module in bench/ that has `run() -> list[Row]`, or those that are named."""

import importlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import Row

HERE = Path(__file__).parent
NOT_A_BENCHMARK = {
    "__init__",
    "__main__",
    "approvers",
    "audit_log",
    "audit_reading",
    "audit_writers",
    "banners",
    "crowd",
    "endings",
    "engine",
    "handoffs",
    "rivals",
    "rows",
    "timing",
    "visitor",
    "worker",
}


def names() -> list[str]:
    """The benchmarks there are, by name."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_A_BENCHMARK)


def table(rows: list[tuple[str, Row]]) -> str:
    """The rows as text; a ratio over 1.00 is marked."""
    head = f"{'benchmark':<12} {'what':<58} {'measured':>12} {'against':>12}  ratio"
    lines = [head, "-" * len(head)]
    for name, row in rows:
        measured, against = f"{row.measured:.4g} {row.unit}", f"{row.against:.4g} {row.unit}"
        mark = "  over" if row.ratio > 1 else ""
        lines.append(f"{name:<12} {row.what:<58} {measured:>12} {against:>12}  {row.ratio:5.2f}{mark}")
        if row.note:
            lines.append(f"{'':<12} {row.note}")
    return "\n".join(lines)


def keep(rows: list[tuple[str, Row]], folder: Path) -> Path:
    """Writes the rows into today's file; benchmarks that were not run today again keep their rows."""
    now = datetime.now(UTC)
    file = folder / f"{now:%Y-%m-%d}.json"
    folder.mkdir(exist_ok=True)
    kept = json.loads(file.read_text())["benchmarks"] if file.exists() else {}
    for name in {name for name, _ in rows}:
        kept[name] = {
            "at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "rows": [{**vars(row), "ratio": round(row.ratio, 3)} for of, row in rows if of == name],
        }
    machine = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[1], 1),
    }
    file.write_text(json.dumps({"machine": machine, "benchmarks": kept}, indent=1, sort_keys=True) + "\n")
    return file


def main(wanted: list[str]) -> int:
    """0 when all ran; 2 for an unknown name, 1 where one of several failed. `--events=N` is how large a log is."""
    size = next((word.partition("=")[2] for word in wanted if word.startswith("--events=")), "")
    wanted = [word for word in wanted if not word.startswith("--events=")]
    os.environ |= {"OPSCONSOLE_BENCH_EVENTS": size} if size else {}
    if unknown := [name for name in wanted if name not in names()]:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(names())}.")
        return 2
    if len(wanted) != 1:  # each in a process of its own: Django is set up once in a process
        each = [
            subprocess.run([sys.executable, "-m", "bench", name], check=False) for name in wanted or names()
        ]
        return max(done.returncode for done in each)
    name = wanted[0]
    print(f"running {name}", flush=True)
    kept = f"{name} at {int(size):,} events" if size else name
    rows = [(kept, row) for row in importlib.import_module(f"bench.{name}").run()]
    print(table(rows))
    print(f"kept in {keep(rows, HERE / 'results').relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
