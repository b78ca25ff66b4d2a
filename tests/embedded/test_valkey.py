"""The embedded Valkey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from opsconsole.embedded import Valkey, short_socket_dir


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    socket_dir = short_socket_dir()
    engine = Valkey(tmp_path / "valkey", socket_dir)
    engine.start()
    yield engine
    engine.stop()
    (socket_dir / "valkey.sock").unlink(missing_ok=True)
    socket_dir.rmdir()


def test_it_keeps_its_queue_over_a_restart_and_drops_no_key(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}
        client.rpush("queue", "job")
    valkey.stop()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.lrange("queue", 0, -1) == [b"job"]
