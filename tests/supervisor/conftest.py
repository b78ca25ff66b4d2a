"""A demo for the tests of the supervisor, whatever happens in them."""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.supervisor.processes import DIRECTLY, Demo

StartDemo = Callable[..., Demo]


@pytest.fixture(scope="module")
def demo_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for the module: the first start fills it, later ones are second starts."""
    return tmp_path_factory.mktemp("supervisor") / "demo"


@pytest.fixture
def start_demo() -> Iterator[StartDemo]:
    """Starts a demo and sees to it that it is gone after the test."""
    started: list[Demo] = []

    def start(directory: Path, *, command: tuple[str, ...] = DIRECTLY, **environment: str) -> Demo:
        started.append(Demo(directory, command=command, **environment))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)
        sockets = demo.directory / "sockets"
        if sockets.is_symlink():
            shutil.rmtree(sockets.readlink(), ignore_errors=True)
