"""A wrong setting of the demo is one sentence, and `make reset` touches its own files only."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from demo.directory import claim
from demo.options import DemoSettings
from demo.parts import DemoError
from demo.reset import reset
from opsconsole.embedded import EngineError, Postgres, passwords_in, short_socket_dir
from tests.supervisor.processes import ROOT


def start(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "DEMO_DIR": str(tmp_path / "demo"), **environment}
    return subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert done.stdout == (
        f"The demo stops: Port {port} cannot be used (address already in use); "
        f"choose another, such as: PORT={port + 10} make demo\n"
    )
    assert done.stderr == ""


@pytest.mark.parametrize("value", ["eight", "0", "65536", "-1"])
def test_a_port_that_is_no_port_is_one_sentence(tmp_path: Path, value: str) -> None:
    with pytest.raises(DemoError, match=f"PORT is '{value}'; it must be a number from 1 to 65535"):
        DemoSettings.read({"PORT": value})


def test_a_policy_directory_without_roles_is_one_sentence(tmp_path: Path) -> None:
    done = start(tmp_path, OPSCONSOLE_POLICY=str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == (
        f"OPSCONSOLE_POLICY is '{tmp_path}', which is no policy directory: it has no roles.toml.\n"
    )


def test_data_of_another_postgresql_stop_the_demo_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo/postgres").mkdir(parents=True)
    (tmp_path / "demo/postgres/PG_VERSION").write_text("14\n")
    done = start(tmp_path, PORT="0" + "9041")
    assert done.returncode == 1
    assert "was made by PostgreSQL 14" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_reset_deletes_its_own_files_and_nothing_else(tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    assert reset(directory) == f"There are no demo data in {directory}."
    passwords = passwords_in(directory / "passwords.json")
    sockets = short_socket_dir()
    postgres = Postgres(directory / "postgres", sockets, passwords["postgres"], durable=False)
    try:
        postgres.start()
    except EngineError as missing:
        pytest.skip(str(missing))
    finally:
        postgres.stop()
        sockets.rmdir()
    (directory / "notes.txt").write_text("mine")
    assert reset(directory) == f"The demo's data in {directory} are gone."
    assert [path.name for path in directory.iterdir() if path.name != "postgresql.log"] == ["notes.txt"]


def test_reset_refuses_while_a_demo_runs_there(tmp_path: Path) -> None:
    passwords_in(tmp_path / "passwords.json")
    with claim(tmp_path), pytest.raises(DemoError, match="A demo runs in"):
        reset(tmp_path)
    assert (tmp_path / "passwords.json").exists()
