"""Parts of the demo: real processes that end in every way a process can."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.console import Console, Log
from demo.engines import Engines
from demo.options import DemoSettings
from demo.parts import DemoError, Part, first_to_end
from tests.supervisor.processes import descendants, is_running, wait_for


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    console.close()


def python(code: str, tmp_path: Path, console: Console, name: str = "part") -> Part:
    return Part([sys.executable, "-uc", code], dict(os.environ), Log(name, tmp_path, console))


def test_a_step_that_fails_is_told_with_its_last_lines(tmp_path: Path, console: Console) -> None:
    step = python("import sys; print('first'); sys.exit('no such table')", tmp_path, console, "migrate")
    with pytest.raises(DemoError, match="migrate stopped with exit status 1") as told:
        step.finish()
    assert told.value.lines == ["first", "no such table"]
    assert (tmp_path / "migrate.log").read_text() == "first\nno such table\n"


def test_a_part_that_is_never_ready_is_given_up_when_it_stops(tmp_path: Path, console: Console) -> None:
    part = python("raise SystemExit(3)", tmp_path, console, "web")
    with pytest.raises(DemoError, match="web stopped with exit status 3"):
        part.wait_until(lambda: False)


def test_a_part_that_ignores_sigterm_is_killed_with_all_it_started(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.parts.STOP_SECONDS", 0.5)
    code = (
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen(['sleep', '600']); print('up'); time.sleep(600)"
    )
    part = python(code, tmp_path, console)
    assert wait_for(lambda: "up" in part.log.tail, 10)
    pids = {part.process.pid, *descendants(part.process.pid)}
    part.ask_to_stop()
    part.see_it_stopped()
    assert len(pids) == 2
    assert wait_for(lambda: not any(map(is_running, pids)), 5)


def test_the_first_to_end_is_found_without_asking_again_and_again(tmp_path: Path, console: Console) -> None:
    lasting = python("import time; time.sleep(600)", tmp_path, console, "lasting")
    ending = python("import time; time.sleep(0.2)", tmp_path, console, "ending")
    assert first_to_end([lasting.process, ending.process]) is ending.process
    lasting.process.send_signal(signal.SIGKILL)
    assert str(lasting.death()) == "lasting was killed by SIGKILL."


def test_a_signal_that_comes_just_before_the_sleep_is_not_slept_over(
    tmp_path: Path, console: Console
) -> None:
    lasting = python("import time; time.sleep(600)", tmp_path, console, "lasting")

    class Came(Exception):
        pass

    def handle(*_: object) -> None:
        raise Came

    before = signal.signal(signal.SIGUSR1, handle)
    try:
        for delay in (0.0, 0.0001, 0.0005, 0.001, 0.01, 0.1) * 2:
            signal.setitimer(signal.ITIMER_REAL, 30)
            with pytest.raises(Came):  # noqa: PT012 - it may come at any moment
                threading.Timer(delay, os.kill, (os.getpid(), signal.SIGUSR1)).start()
                first_to_end([lasting.process])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGUSR1, before)
        lasting.see_it_stopped()


def test_a_reader_that_stops_reading_holds_nothing_up(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from demo.console import Console, Log\n"
        "import sys; console = Console(); log = Log('web', Path(sys.argv[1]), console)\n"
        "with log.pipe() as end:\n"
        "    out = open(end, 'w', closefd=False)\n"
        "    for n in range(20000): print('line', n, file=out)\n"
        "    out.flush()\n"
        "assert log.last_lines()[-1] == 'line 19999'\n"
    )
    read_end, write_end = os.pipe()
    try:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-c", code, str(tmp_path)],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, write_end, 1)],
        )
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(read_end)
        os.close(write_end)
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_database_that_dies_is_named_with_what_it_said(tmp_path: Path, console: Console) -> None:
    settings = DemoSettings.read(
        {"DEMO_DIR": str(tmp_path / "demo"), "PRODUCT_DATABASE_URL": "sqlite:///mine"}
    )
    tmp_path.joinpath("demo").mkdir()
    engines = Engines(settings, lambda name: Log(name, tmp_path, console, quiet=True))
    try:
        urls = engines.start()
        postgres = engines.processes()[-1]
        postgres.send_signal(signal.SIGKILL)
        assert first_to_end(engines.processes()) is postgres
        assert str(engines.death_of(postgres)) == "PostgreSQL was killed by SIGKILL."
    finally:
        engines.stop()
    assert urls["PRODUCT_DATABASE_URL"] == "sqlite:///mine"
    assert "PRODUCT_OWNER_DATABASE_URL" not in urls
    assert not engines.socket_dir.exists()
