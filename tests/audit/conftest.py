"""A system that watches, and a file, that the streams of a test lead to."""

import pytest

from audit.streams import sinks
from tests.audit.siem import SECRET, siem


@pytest.fixture
def watcher(monkeypatch):
    with siem() as running:
        monkeypatch.setenv("STREAM_SIEM_URL", running.url)
        monkeypatch.setenv("STREAM_SIEM_SECRET", SECRET)
        monkeypatch.setattr(sinks, "ANSWER_SECONDS", 0.3)
        monkeypatch.setattr(sinks, "CALL_SECONDS", 0.6)
        yield running


@pytest.fixture
def file(monkeypatch, tmp_path):
    path = tmp_path / "stream.jsonl"
    monkeypatch.setenv("STREAM_FILE", str(path))
    return path
