"""An embedded Valkey (or Redis) for Celery and short-lived counters."""

import socket
from pathlib import Path

from opsconsole.embedded.engine import Engine, Output
from opsconsole.embedded.finder import find_valkey
from opsconsole.embedded.user import EngineUser


class Valkey(Engine):
    """One Valkey or Redis server that keeps its queue on disk and never drops a key."""

    name = "Valkey"

    def start(self, output: Output | None = None) -> None:
        """Starts the server and waits until it answers. Raises EngineError."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            "save": "",
            "daemonize": "no",
            "loglevel": "warning",
        }
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._spawn([str(find_valkey()), *flags], EngineUser("direct"), output)

    def ready(self) -> bool:
        """True when the server answers PING on its socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            try:
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def url(self) -> str:
        """A URL for redis-py."""
        return f"unix://{self._socket}?db=0"

    @property
    def _socket(self) -> Path:
        return self.socket_dir / "valkey.sock"
