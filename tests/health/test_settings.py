"""A wrong setting is one sentence and a status that is not 0; a right one decides cookies, transport and hosts."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import engines
from tests.conftest import ROOT

READ = "from opsconsole.options import read_options; read_options()"


def python(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **engines.environment(engines.MAIN), **environment}
    env.pop("OWNER_DATABASE_URL")
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OPSCONSOLE_SECRET_KEY", "short", "at least 32 characters"),
        ("OPSCONSOLE_PUBLIC_URL", "console.example", "must look like https://console.example"),
        ("OPSCONSOLE_PUBLIC_URL", "ftp://console.example", "must look like https://console.example"),
        ("OPSCONSOLE_PUBLIC_URL", "http://console.example", "must be https, except on loopback"),
        ("OPSCONSOLE_PROXY_COUNT", "two", "OPSCONSOLE_PROXY_COUNT"),
        ("OPSCONSOLE_PROXY_COUNT", "-1", "number of proxies"),
        ("OPSCONSOLE_LOG_LEVEL", "loud", "DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("OPSCONSOLE_DEMO", "perhaps", "OPSCONSOLE_DEMO"),
        ("OPSCONSOLE_EMAIL_URL", "mail.example", "OPSCONSOLE_EMAIL_URL must look like"),
        ("DATABASE_URL", "mysql://app@db.example/console", "DATABASE_URL cannot be used"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL cannot be used"),
        ("REDIS_URL", "http://redis.example", "REDIS_URL must begin with"),
        ("REDIS_URL", "", "REDIS_URL"),
        ("OPSCONSOLE_EMAIL_URL_FILE", "/nowhere", "OPSCONSOLE_EMAIL_URL_FILE names no file"),
        (
            "OPSCONSOLE_OIDC_ISSUER",
            "https://login.example",
            "OPSCONSOLE_OIDC_CLIENT_ID, OPSCONSOLE_OIDC_CLIENT_SECRET too",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(name: str, value: str, says: str) -> None:
    done = python("-c", READ, **{name: value})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("opsconsole: ")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_every_command_stops_at_a_wrong_value_without_a_traceback() -> None:
    for command in (
        ("manage.py", "check"),
        ("-m", "celery", "-A", "opsconsole", "status"),
        ("-c", "import opsconsole.wsgi"),
    ):
        done = python(*command, OPSCONSOLE_SECRET_KEY="short")
        assert done.returncode != 0, command
        assert "at least 32 characters" in done.stdout + done.stderr, command
        assert "Traceback" not in done.stdout + done.stderr, command


def test_right_values_start() -> None:
    assert python("-c", READ, OPSCONSOLE_PUBLIC_URL="https://console.example/").returncode == 0


ASK = """
import json, django
from importlib import import_module
django.setup()
from django.conf import settings
from django.test import Client
from tests.matrix.world import undone
found = {}
def note(name, answer):
    cookies = {key: {k: v for k, v in morsel.items() if v} for key, morsel in answer.cookies.items()}
    found[name] = {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
with undone():
    client = Client()
    https = settings.HTTPS
    host = {"SERVER_NAME": settings.ALLOWED_HOSTS[-1]}
    note("page", client.get("/sign-in/", secure=https, **host))
    note("in", client.post("/sign-in/", {"username": "agent", "password": "opsconsole-demo"}, secure=https, **host))
    note("plain", Client().get("/sign-in/", **host))
    for name in ("evil.example", "127.0.0.1", "localhost", "console.example"):
        note(name, Client().get("/sign-in/", secure=https, SERVER_NAME=name))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def seen(django_db_setup: None) -> dict[str, dict[str, Any]]:
    """What two consoles answer, one on https and one on loopback."""
    found = {}
    for name, url in (("https", "https://console.example"), ("http", "http://127.0.0.1:8123")):
        done = python("-c", ASK, OPSCONSOLE_PUBLIC_URL=url, DJANGO_SETTINGS_MODULE="opsconsole.settings")
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_on_https_cookies_belong_to_one_host_and_never_leave_encryption(seen) -> None:
    session = seen["https"]["in"]["cookies"]["__Host-opsconsole-session"]
    token = seen["https"]["page"]["cookies"]["__Host-opsconsole-csrf"]
    for cookie in (session, token):
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
            True,
            True,
            "Lax",
            "/",
        )
        assert "domain" not in cookie
    ours = {"__Host-opsconsole-session", "__Host-opsconsole-csrf", "__Host-opsconsole-device"}
    assert set(seen["https"]["in"]["cookies"]) <= ours


def test_on_loopback_cookies_are_named_by_the_port(seen) -> None:
    session = seen["http"]["in"]["cookies"]["opsconsole-8123-session"]
    token = seen["http"]["page"]["cookies"]["opsconsole-8123-csrf"]
    for cookie in (session, token):
        assert (cookie.get("secure"), cookie["httponly"], cookie["samesite"]) == (None, True, "Lax")


def test_transport_security_is_for_https_alone(seen) -> None:
    strict = seen["https"]["page"]["headers"]["Strict-Transport-Security"]
    assert strict == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in seen["http"]["page"]["headers"]
    assert seen["https"]["plain"]["status"] == 301
    assert seen["https"]["plain"]["headers"]["Location"] == "https://console.example/sign-in/"


def test_other_hosts_are_refused(seen) -> None:
    answers = {
        name: {
            host: seen[name][host]["status"]
            for host in ("evil.example", "127.0.0.1", "localhost", "console.example")
        }
        for name in seen
    }
    assert answers == {
        "https": {"evil.example": 400, "127.0.0.1": 400, "localhost": 400, "console.example": 200},
        "http": {"evil.example": 400, "127.0.0.1": 200, "localhost": 200, "console.example": 400},
    }
