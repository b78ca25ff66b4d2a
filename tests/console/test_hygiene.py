"""What every answer carries and none gives away, on loopback and behind https."""

import json
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
NAMES = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "DEVICE_COOKIE_NAME",
    "HTTPS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_SSL_HEADER",
    "DEBUG",
)
READ = f"""
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "opsconsole.settings"
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
print(json.dumps({{name: getattr(settings, name) for name in {NAMES!r}}}))
"""


@pytest.fixture(scope="module")
def behind_https(tmp_path_factory):
    """The settings as they are with a public address on https, read in a process of its own that passes `check --deploy`."""
    secret = tmp_path_factory.mktemp("secrets") / "key"
    secret.write_text("only-for-this-test-only-for-this-test-only-for-this-test\n")
    env = {
        "PATH": os.environ["PATH"],
        "OPSCONSOLE_SECRET_KEY_FILE": str(secret),
        "DATABASE_URL": "postgresql://check@127.0.0.1:1/check",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "OPSCONSOLE_PUBLIC_URL": "https://console.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.django_db
def test_behind_https_cookies_belong_to_the_host_and_browsers_stay_on_https(behind_https, settings):
    for name, value in behind_https.items():
        setattr(settings, name, value)
    assert settings.ALLOWED_HOSTS == ["console.example"]
    assert settings.DEBUG is False
    typed = {"username": "agent", "password": PASSWORD}
    assert (
        Client(headers={"Host": "console.example"}).get("/sign-in/")["Location"]
        == "https://console.example/sign-in/"
    )
    client = Client(headers={"Host": "console.example"})
    answer = client.get("/sign-in/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    answer = client.post("/sign-in/", typed, secure=True)
    assert set(client.cookies) == {f"__Host-opsconsole-{name}" for name in ("session", "csrf", "device")}
    for cookie in client.cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (
            True,
            True,
            "/",
            "",
        )
        assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/", "/nothing-here/", "/admin/", "/healthz"])
def test_every_answer_is_private_to_its_reader_and_to_this_site(path, browse_as):
    answer = browse_as("admin" if path == "/admin/" else "agent").get(path)
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


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
