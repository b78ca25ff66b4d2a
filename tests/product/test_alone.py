"""The package by itself: under its own name, on another database engine, with nothing of the console in reach."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
SECRET_KEY = "x" * 50
ROOT_URLCONF = "product_urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
STATIC_URL = "/static/"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "support_session"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
MIDDLEWARE = [
    "support_session.middleware.SupportBannerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "support_session.middleware.SupportSessionMiddleware",
]
"""
URLS = """
from django.urls import include, path
urlpatterns = [path("support-session/", include("support_session.urls"))]
"""
STORY = """
import sys, time
import django
django.setup()
from django.core.management import call_command
from django.test import Client, RequestFactory
call_command("migrate", verbosity=0)
call_command("check", fail_level="ERROR")
call_command("makemigrations", "support_session", check=True, dry_run=True, verbosity=0)
from django.contrib.auth.models import User
from support_session.models import ProductSession
from support_session.sessions import SessionOver, end, open_session
user = User.objects.create(username="customer")
claims = {"sid": "s", "jti": "j", "sub": str(user.pk), "act": {"sub": "a", "name": "Agent"}, "org": "o", "session_exp": time.time() + 600}
response = open_session(claims, RequestFactory().get("/"), next_path="//evil.example/")
assert response["Location"] == "/", response["Location"]
client = Client()
client.cookies.update(response.cookies)
first = client.cookies["support-session"].value
assert "id=\\"support-session\\"" in client.get("/support-session/ended/").content.decode()
again = open_session(claims, RequestFactory().get("/"))
assert client.get("/nowhere/").status_code == 403, "the key was rotated"
client.cookies.update(again.cookies)
assert client.get("/nowhere/").status_code == 404
assert User.objects.get().last_login is None
browser = RequestFactory().get("/")
browser.COOKIES.update({name: morsel.value for name, morsel in again.cookies.items()})
open_session({**claims, "sid": "t"}, browser)
before, row = ProductSession.objects.get(sid="s"), ProductSession.objects.get(sid="t")
assert before.cause == "another session", "one browser, one session"
assert end(row, "agent") and not end(row, "agent")
assert [each.payload["kind"] for each in before.events.all()] == ["opened", "opened", "ended"]
try:
    open_session(claims, RequestFactory().get("/"))
except SessionOver:
    pass
else:
    raise AssertionError("an ended session began again")
console = {"opsconsole", "audit", "accounts", "tenants", "grants", "impersonation"}
assert not console & {name.partition(".")[0] for name in sys.modules}
print("stands alone")
"""


def test_it_stands_alone_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "support_session").symlink_to(ROOT / "impersonation/product")
    (tmp_path / "product_settings.py").write_text(SETTINGS)
    (tmp_path / "product_urls.py").write_text(URLS)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "DJANGO_SETTINGS_MODULE": "product_settings"}
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "stands alone" in done.stdout, done.stdout + done.stderr
