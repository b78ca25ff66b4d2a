"""Starts the whole demo in order, watches it, and stops all of it when one part ends or somebody says so."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from demo.console import Console, Log
from demo.directory import claim, write_urls
from demo.engines import Engines
from demo.options import HOST, DemoSettings, check_port
from demo.parts import ROOT, DemoError, Part, first_to_end
from demo.prepared import Prepared

MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "opsconsole"]
# Said at every start and of no use here: root's worker on one's own machine, and no collected static files.
NOT_SAID = "ignore:You're running the worker with superuser,ignore:No directory at"
STARTED_AGAIN = {"worker", "beat"}
RESTART_SECONDS, MOST_RESTARTS = 60.0, 5


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class Supervisor:
    """One demo: `run()` returns the exit status."""

    def __init__(self, settings: DemoSettings, console: Console) -> None:
        self.settings = settings
        self.directory = settings.directory
        self.console = console
        self.parts: list[Part] = []
        self.started = time.monotonic()
        self.logs = self.directory / "logs"
        self.urls = self.directory / "urls.env"
        self.engines = Engines(settings, lambda name: self.log(name, quiet=True))

    def run(self) -> int:
        """0 when it was asked to stop, 1 when a part failed."""
        try:
            with claim(self.directory):
                self.urls.unlink(missing_ok=True)
                _on_signals(_ask_to_stop)
                try:
                    return self._run()
                finally:
                    _on_signals(_do_nothing)
                    self._stop()
        except DemoError as error:
            return self._tell(error)
        except StopAsked:
            self.console.say("stopped; the data are kept")
            return 0

    def _run(self) -> int:
        try:
            self._serve(self._prepare())
            raise self._last_death()
        except DemoError as error:
            return self._tell(error)
        except StopAsked:
            self.console.say("stopping")
            raise

    def log(self, name: str, *, quiet: bool = False) -> Log:
        """The log of a part, in `DEMO_DIR/logs` and, unless `quiet`, on the console."""
        self.logs.mkdir(exist_ok=True)
        return Log(name, self.logs, self.console, quiet=quiet)

    def _prepare(self) -> dict[str, str]:
        check_port("PORT", self.settings.port)
        urls = self.engines.start()
        environment = {**os.environ, **urls, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": NOT_SAID}
        environment.setdefault("OPSCONSOLE_LOG_LEVEL", "WARNING")
        self._progress("databases are up")
        prepared = Prepared(self.settings, Path(urls["OPSCONSOLE_POLICY"]))
        if prepared.is_done():
            self._progress("tables, data, policy and people are as they were")
        else:
            prepared.forget()
            self._fill(environment)
            prepared.keep()
        write_urls(self.urls, urls)
        return environment

    def _fill(self, environment: dict[str, str]) -> None:
        steps = [self._start("migrate", [*MANAGE, "migrate", "--verbosity", "0"], environment)]
        if self.settings.own_product:
            steps.append(self._start("productdb", [sys.executable, "-m", "demo.productdb"], environment))
        for step in steps:
            self._finish(step)
        self._progress("tables and the product's data are in place")
        self._finish(self._start("bootstrap", [*MANAGE, "bootstrap"], environment))
        self._progress("policy, people and history are in place")

    def _serve(self, environment: dict[str, str]) -> None:
        signs = self.engines.socket_dir
        worker_sign, beat_sign = signs / "worker-is-ready", signs / "beat-schedule"
        web = self._start("web", [sys.executable, "-m", "gunicorn", *self._gunicorn()], environment)
        worker = self._start(
            "worker",
            [*CELERY, "worker", "--without-gossip", "--without-mingle", "--include", "demo.worker_sign"],
            {**environment, "WORKER_SIGN": str(worker_sign)},
        )
        beat = self._start("beat", [*CELERY, "beat", "--schedule", str(beat_sign), "--pidfile="], environment)
        if self.settings.own_product and (ROOT / "demo/product/manage.py").exists():
            self._start_product(environment)
        worker.wait_until(worker_sign.exists)
        beat.wait_until(lambda: any(signs.glob("beat-schedule*")))
        web.wait_until(self._web_answers)
        self._progress("all parts run; sign in as agent, approver or admin, password opsconsole-demo")
        self.console.say(f"ready {self.settings.public_url}")

    def _start_product(self, environment: dict[str, str]) -> None:
        check_port("PRODUCT_PORT", self.settings.product_port)
        address = f"{HOST}:{self.settings.product_port}"
        command = [sys.executable, "demo/product/manage.py", "runserver", "--noreload", address]
        self._start("product", command, environment)

    def _gunicorn(self) -> list[str]:
        bind = ["--bind", f"{HOST}:{self.settings.port}"]
        workers = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"]
        calm = ["--log-level", "warning", "--graceful-timeout", "3", "--no-control-socket"]
        return ["opsconsole.wsgi", *bind, *workers, *calm]

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.settings.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _last_death(self) -> DemoError:
        """Waits for a death that ends the demo. A worker or beat that dies is named and started again: access ends without them."""
        restarts: list[float] = []
        while True:
            running: dict[subprocess.Popen[bytes], Part] = {part.process: part for part in self.parts}
            ended = first_to_end([*running, *self.engines.processes()])
            if ended not in running:
                return self.engines.death_of(ended)
            part = running[ended]
            restarts = [at for at in restarts if at > time.monotonic() - RESTART_SECONDS]
            if part.name not in STARTED_AGAIN or len(restarts) >= MOST_RESTARTS:
                return part.death()
            restarts.append(time.monotonic())
            self._start_again(part)

    def _start_again(self, part: Part) -> None:
        error = part.death()
        self._tell_lines(error)
        self.console.say(f"{error} It is started again.")
        part.see_it_stopped()
        self.parts.remove(part)
        self._start(part.name, part.command, part.environment)

    def _start(self, name: str, command: list[str], environment: Mapping[str, str]) -> Part:
        part = Part(command, environment, self.log(name))
        self.parts.append(part)
        return part

    def _finish(self, step: Part) -> None:
        step.finish()
        self.parts.remove(step)

    def _stop(self) -> None:
        self.urls.unlink(missing_ok=True)
        for part in self.parts:
            part.ask_to_stop()
        for part in self.parts:
            part.see_it_stopped()
        self.engines.stop()

    def _progress(self, what: str) -> None:
        self.console.say(f"{what} ({time.monotonic() - self.started:.1f} s)")

    def _tell(self, error: DemoError) -> int:
        self._tell_lines(error)
        self.console.say(f"The demo stops: {error}")
        return 1

    def _tell_lines(self, error: DemoError) -> None:
        if error.lines:
            self.console.say(f"The last lines of {self.logs}:")
        for line in error.lines:
            self.console.say(f"    {line}")


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    for number in (signal.SIGINT, signal.SIGTERM, *(() if nohup else (signal.SIGHUP,))):
        signal.signal(number, handler)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    _on_signals(_do_nothing)
    raise StopAsked


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """A second Ctrl-C while it stops: it is stopping."""
