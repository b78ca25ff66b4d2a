"""Settings of the demo product. It is served on `localhost` while the console is on `127.0.0.1`: two sites to a browser."""

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

HERE = Path(__file__).resolve().parent
PORT = os.environ.get("PRODUCT_PORT", "8001")
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# The owner of the tables migrates; everything else runs as a role that may change rows and nothing else.
_database = conninfo_to_dict(
    os.environ.get("PRODUCT_MIGRATE_DATABASE_URL") or os.environ["PRODUCT_APP_DATABASE_URL"]
)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "ATOMIC_REQUESTS": True,
        **{ours: str(_database.get(theirs) or "") for theirs, ours in NAMES.items()},
    }
}

SECRET_KEY = os.environ["PRODUCT_SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "demo.product.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "demo.product.quillfold",
    "impersonation.product",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "impersonation.product.middleware.SupportBannerMiddleware",
    "demo.product.quillfold.middleware.content_security_policy",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "impersonation.product.middleware.SupportSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "demo.product.quillfold.middleware.presence",
]

SUPPORT_SESSION = {
    "CONSOLE_URL": os.environ.get("PRODUCT_CONSOLE_URL", ""),
    "CLIENT_ID": "quillfold",
    "URL": f"http://localhost:{PORT}",
    "KEYS": os.environ.get("PRODUCT_KEYS", ""),
    "COOKIE": f"quillfold-{PORT}-support",
    "SUBJECT": "demo.product.quillfold.people.subject",
    "SUPERIOR": "demo.product.quillfold.people.is_superior",
    "MAIL_BACKEND": os.environ.get("PRODUCT_MAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend"),
    "ROUTES": [
        {"paths": r"^/$", "area": "Home"},
        {"paths": r"^/invoices/\d+/download/", "area": "Invoices", "action": "invoice.download"},
        {"paths": r"^/invoices/", "area": "Invoices", "write": "session.act"},
        {
            "paths": r"^/imports/\d+/retry-now/",
            "area": "Imports",
            "write": "sync.rerun",
            "side_effect": True,
        },
        {"paths": r"^/imports/\d+/progress/", "area": "Imports", "passive": True},
        {"paths": r"^/imports/", "area": "Imports", "write": "sync.rerun"},
        {"paths": r"^/users/", "area": "Users", "write": "invite.resend", "sensitive": True},
        {"paths": r"^/settings/tokens/", "area": "Tokens", "action": "api_token.make"},
        {"paths": r"^/settings/", "area": "Settings", "write": "setting.restore"},
        {"paths": r"^/preferences/", "area": "E-mail preferences", "write": "session.act"},
        {"paths": r"^/history/", "area": "History", "sensitive": True},
        {"paths": r"^/api/invoices/", "area": "API"},
    ],
}

AUTH_USER_MODEL = "quillfold.User"
AUTHENTICATION_BACKENDS = [
    "impersonation.product.backends.SupportSessionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
EMAIL_BACKEND = "impersonation.product.mail.SupportMailBackend"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Cookies ignore ports: names of their own let two demos run side by side.
SESSION_COOKIE_NAME = f"quillfold-{PORT}-session"
CSRF_COOKIE_NAME = f"quillfold-{PORT}-csrf"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "impersonation.product.context.support_session",
            ]
        },
    }
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static", ("vendor", HERE.parents[1] / "static/vendor")]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SILENCED_SYSTEM_CHECKS = [
    "auth.E003",
    "auth.W004",
]  # an address is unique within its company; sign-in asks for the company too
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "CRITICAL"}},
}
