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
from demo.parts import DemoError, Part, first_to_end
from demo.prepared import Prepared

MANAGE = [sys.executable, "manage.py"]
PRODUCT_MANAGE = [sys.executable, "demo/product/manage.py"]
CALM = ["--graceful-timeout", "3", "--no-control-socket"]
OF_THE_CONSOLE = {
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "OWNER_DATABASE_URL",
    "REDIS_URL",
    "OPSCONSOLE_SECRET_KEY",
}
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
        if self.settings.own_product:
            check_port("PRODUCT_PORT", self.settings.product_port)
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
        steps = [self._start("bootstrap", [*MANAGE, "bootstrap"], environment)]
        if self.settings.own_product:
            steps.append(
                self._start("prepare", [*PRODUCT_MANAGE, "prepare"], self._of_the_product(owner=True))
            )
        for step in steps:
            self._finish(step)
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
        product = self._start_product() if self.settings.own_product else None
        worker.wait_until(worker_sign.exists)
        beat.wait_until(lambda: any(signs.glob("beat-schedule*")))
        web.wait_until(lambda: answers(self.settings.port))
        if product:
            product.wait_until(lambda: answers(self.settings.product_port))
            self.console.say(f"the demo product is at {self.settings.product_url}")
        self._progress("all parts run; sign in as agent, approver or admin, password opsconsole-demo")
        self.console.say(f"ready {self.settings.public_url}")

    def _start_product(self) -> Part:
        """The product that the console helps with: another host name, so another site to a browser."""
        bind = ["--bind", f"{HOST}:{self.settings.product_port}"]
        threads = ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
        command = [sys.executable, "-m", "gunicorn", "demo.product.wsgi", *bind, *threads, *CALM]
        return self._start("product", command, self._of_the_product())

    def _of_the_product(self, *, owner: bool = False) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_CONSOLE}
        if owner:
            environment["PRODUCT_MIGRATE_DATABASE_URL"] = self.engines.urls["PRODUCT_OWNER_DATABASE_URL"]
        port = str(self.settings.product_port)
        return {**environment, **self.engines.product, "PRODUCT_PORT": port, "PYTHONUNBUFFERED": "1"}

    def _gunicorn(self) -> list[str]:
        bind = ["--bind", f"{HOST}:{self.settings.port}"]
        workers = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"]
        return ["opsconsole.wsgi", *bind, *workers, "--log-level", "warning", *CALM]

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


def answers(port: int) -> bool:
    """True once a web process of the demo answers on its port."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    for number in (signal.SIGINT, signal.SIGTERM, *(() if nohup else (signal.SIGHUP,))):
        signal.signal(number, handler)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    _on_signals(_do_nothing)
    raise StopAsked


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """A second Ctrl-C while it stops: it is stopping."""
