"""The package by itself: under its own name, on another database engine, with nothing of the console in reach, on the oldest Django too."""

import os
import subprocess
import sys
from pathlib import Path

import django
import pytest

from tools.run_tests import OLDER_DJANGO

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
from pathlib import Path
SECRET_KEY = "x" * 50
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "product_urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
STATIC_URL = "/static/"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "support_session"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(__file__).parent / "db.sqlite3")}}
SUPPORT_SESSION = {"ROUTES": [{"paths": "^/work/", "write": "work"}]}
MIDDLEWARE = [
    "support_session.middleware.SupportBannerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "support_session.middleware.SupportSessionMiddleware",
]
"""
URLS = """
from django.contrib.auth.models import User
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import include, path
from support_session.context import acting

def pieces(request):
    return StreamingHttpResponse((f"{acting()}," for _ in range(3)), content_type="text/plain")

async def pieces_later(request):
    async def lines():
        for _ in range(2):
            yield f"{acting()},"
    return StreamingHttpResponse(lines(), content_type="text/plain")

async def later(request):
    return HttpResponse(f"<!doctype html><body>{request.user.username} for {request.actor}</body>")

def work(request, how):
    def lines():
        User.objects.create(username="made late")
        yield b"x"
    if how == "late":
        return StreamingHttpResponse(lines(), content_type="text/csv")
    User.objects.create(username="made")
    if how == "fails":
        raise ValueError(how)
    return HttpResponse("x", headers={"Content-Disposition": "attachment"})

urlpatterns = [
    path("support-session/", include("support_session.urls")),
    path("pieces/", pieces),
    path("pieces/later/", pieces_later),
    path("later/", later),
    path("work/<str:how>/", work),
]
"""


@pytest.mark.parametrize("version", ["4.2", "as installed"])
def test_it_stands_alone_under_its_own_name(tmp_path: Path, version: str) -> None:
    if version == "4.2" and not (OLDER_DJANGO / "django").exists():
        pytest.skip("THE PACKAGE IS NOT TRIED UNDER DJANGO 4.2 HERE: `make test` fetches it")
    (tmp_path / "support_session").symlink_to(ROOT / "impersonation/product")
    (tmp_path / "product_settings.py").write_text(SETTINGS)
    (tmp_path / "product_urls.py").write_text(URLS)
    places = [str(tmp_path), *([str(OLDER_DJANGO)] if version == "4.2" else [])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(places),
        "DJANGO_SETTINGS_MODULE": "product_settings",
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("alone.py"))],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = version if version == "4.2" else django.get_version()
    assert f"stands alone under {wanted}" in done.stdout, done.stdout + done.stderr
