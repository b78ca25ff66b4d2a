"""All settings come from the environment through `opsconsole.options`; the README's table lists them."""

import django_stubs_ext
import structlog
from structlog.typing import Processor

from opsconsole.environment import ROOT
from opsconsole.options import read_options

django_stubs_ext.monkeypatch()
options = read_options()
SECRET_KEY = options.secret_key
DEMO = options.demo
HTTPS = options.https
REDIS_URL = options.redis_url
PUBLIC_URL = options.public_url.geturl()
_host = options.public_url.hostname or ""

BASE_DIR = ROOT
DEBUG = False
ALLOWED_HOSTS = [_host] if HTTPS else sorted({_host, "127.0.0.1", "localhost"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "opsconsole.urls"
WSGI_APPLICATION = "opsconsole.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "accounts.site.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth.account",  # no URL of it is routed: allauth.mfa's tables and internals need it to be there
    "allauth.mfa",
    "allauth.socialaccount",  # its requests and the table of links; no URL, no provider and no token of it is kept
    "auditlog",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
    "guardian",
    "opsconsole",
    "audit",
    "accounts",
    "tenants",
    "grants",
    "impersonation",
    *(["demo"] if DEMO else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opsconsole.logs.QuietRequestMiddleware",
    "audit.middleware.ContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "impersonation.middleware.SupportSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "opsconsole.csrf.SignedLinkCsrfMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opsconsole.headers.PrivatePagesMiddleware",
    "accounts.middleware.TokenMiddleware",
    "accounts.middleware.SessionLimitMiddleware",
    "accounts.preferring.middleware.PreferenceMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "audit.middleware.RefusalMiddleware",
    "accounts.middleware.DoorMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opsconsole.context.console",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# The owner role serves migrations and the first seed only; everything else runs as the app's role.
DATABASES = {"default": options.owner_database or options.database}
APP_DATABASE_ROLE = str(options.database["USER"])

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.RoleBackend",
    "grants.backends.GrantBackend",
    "accounts.backends.ObjectRightBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.lockout.name_tried"
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.place_of"
PROXY_COUNT = options.proxy_count

# Second factors: allauth keeps and checks them, the console's own verbs and pages are the only way in (docs/sign-in.md).
MFA_ADAPTER = "accounts.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 s, for a phone whose clock is a little off (RFC 6238, section 5.2)
MFA_RECOVERY_CODE_DIGITS = 10
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
FACTOR_KEYS = options.factor_keys
SINGLE_SIGN_ON = options.single_sign_on  # empty where the company has no OpenID provider

AUDITLOG_DISABLE_REMOTE_ADDR = True
AUDITLOG_CID_GETTER = "audit.context.current_request_id"

# Cookies ignore ports, so names are distinct per instance on loopback (design.md, section 7).
_cookie = "__Host-opsconsole" if HTTPS else f"opsconsole-{options.public_url.port or 80}"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = f"{_cookie}-session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = f"{_cookie}-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "opsconsole.health.csrf_failure"
DEVICE_COOKIE_NAME = f"{_cookie}-device"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if options.proxy_count else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = (
    "same-origin"  # "no-referrer" makes browsers send Origin: null, which the CSRF check refuses
)
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "camera",
        "geolocation",
        "microphone",
        "payment",
        "usb",
        "display-capture",
        "accelerometer",
        "gyroscope",
    )
}
# Nobody uploads anything: what comes as a file is read past, and kept nowhere.
FILE_UPLOAD_HANDLERS: list[str] = []

# Guardian misses its own backend: accounts.backends answers for object rights in its place, by the terms of each.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
if HTTPS is False:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static", ROOT / "impersonation/product/static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

globals().update(options.email)
EMAIL_TIMEOUT = options.email.get("EMAIL_TIMEOUT") or 5  # seconds; a mail server that hangs holds no worker
DEFAULT_FROM_EMAIL = options.email_from
SEAL_KEY_FILE = options.seal_key_file
SESSION_KEYS = options.session_keys
WITNESSES = options.witnesses
HELPDESK_SECRETS = options.helpdesk_secrets
PEOPLE_SECRETS = options.people_secrets  # the identity provider or HR says who left

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
_every_line: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _every_line,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": options.log_level},
    "loggers": {
        "django.request": {
            "level": "ERROR"
        },  # a refusal has its line with its request's id already; Django's names the whole path
        "django.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_every_line,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
