"""What every answer carries and none gives away. Cookies and transport are in tests/health, headers of each address in tests/matrix."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opsconsole import environment
from opsconsole.environment import WrongSecretFile, read_secret_files
from tests.conftest import PASSWORD

ROOT = Path(__file__).resolve().parents[2]


def test_what_runs_behind_https_with_its_key_in_a_file_passes_the_check_for_deployment(tmp_path):
    secret = tmp_path / "key"
    secret.write_text("only-for-this-test-only-for-this-test-only-for-this-test\n")
    env = {
        "PATH": os.environ["PATH"],
        "OPSCONSOLE_SECRET_KEY_FILE": str(secret),
        "DATABASE_URL": "postgresql://check@127.0.0.1:1/check",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "OPSCONSOLE_PUBLIC_URL": "https://console.example",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
def test_another_host_name_and_another_origin_are_refused(client):
    answer = client.get("/sign-in/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.get("/sign-in/")
    token = strict.cookies["opsconsole-8000-csrf"].value
    typed = {"username": "agent", "password": PASSWORD, "csrfmiddlewaretoken": token}
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        assert strict.post("/sign-in/", typed, headers={"Origin": origin}).status_code == 403
    assert strict.post("/sign-in/", typed, headers={"Origin": "http://testserver"}).status_code == 302


@pytest.mark.django_db
def test_what_broke_inside_stays_inside(settings):
    settings.ROOT_URLCONF = "tests.console.failing"
    client = Client(raise_request_exception=False)
    for accept in ("text/html", "application/json"):
        answer = client.get("/breaks/", headers={"Accept": accept})
        assert answer.status_code == 500
        said = answer.content.decode()
        assert not any(
            word in said for word in ("hunter2", "10.0.0.7", "RuntimeError", "Traceback", "failing.py")
        )


@pytest.mark.django_db
def test_a_file_that_is_sent_along_is_kept_nowhere(browse_as, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    big = SimpleUploadedFile("customers.csv", b"x" * 3_000_000)
    answer = browse_as("agent").post(
        "/cases/new/", {"ticket": "HD-1", "tenant": "", "issue": "", "notes": "", "file": big}
    )
    assert answer.status_code in {302, 422}
    assert answer.wsgi_request.FILES == {}
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def surroundings(monkeypatch):
    """An environment of the test's own."""
    own = {}
    monkeypatch.setattr(environment.os, "environ", own)
    return own


def test_secrets_come_from_files_and_a_wrong_file_is_one_sentence(tmp_path, surroundings):
    (tmp_path / "url").write_text("redis://:pass@redis/0\n")
    (tmp_path / "empty").write_text("")
    surroundings |= {
        "REDIS_URL_FILE": str(tmp_path / "url"),
        "OPSCONSOLE_SEAL_KEY_FILE": "/keys/seal",
        "STREAM_FILE": "/log",
    }
    read_secret_files()
    surroundings.pop("PYTEST_CURRENT_TEST", None)
    assert surroundings == {
        "REDIS_URL": "redis://:pass@redis/0",
        "OPSCONSOLE_SEAL_KEY_FILE": "/keys/seal",
        "STREAM_FILE": "/log",
    }
    for path, words in (("url", "both set"), ("missing", "no file"), ("empty", "empty")):
        surroundings.clear()
        surroundings |= {"REDIS_URL_FILE": str(tmp_path / path)} | (
            {"REDIS_URL": "x"} if path == "url" else {}
        )
        with pytest.raises(WrongSecretFile, match=words):
            read_secret_files()
