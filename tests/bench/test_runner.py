"""The runner of the benchmarks."""

import json
from pathlib import Path

from bench.__main__ import keep, main, names, table
from bench.rows import Row


def test_a_ratio_over_one_is_marked_and_kept(tmp_path: Path) -> None:
    rows = [("startup", Row("second start", 18.0, 12.0, "s")), ("startup", Row("first", 30.0, 60.0, "s"))]
    text = table(rows).splitlines()
    assert text[2].endswith(" 1.50  over")
    assert text[3].endswith(" 0.50")
    kept = json.loads(keep(rows, tmp_path / "results").read_text())
    assert [row["ratio"] for row in kept["benchmarks"]["startup"]["rows"]] == [1.5, 0.5]


def test_a_later_run_of_one_benchmark_keeps_the_others(tmp_path: Path) -> None:
    keep([("one", Row("a", 1.0, 1.0, "s"))], tmp_path)
    kept = json.loads(keep([("two", Row("b", 1.0, 1.0, "s"))], tmp_path).read_text())
    assert sorted(kept["benchmarks"]) == ["one", "two"]


def test_an_unknown_benchmark_is_one_sentence() -> None:
    assert "startup" in names()
    assert main(["no-such"]) == 2
