"""Settings of the project: every value comes from the environment or from the embedded servers."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import SELF
from django.utils.translation import gettext_lazy as _

from config import embedded, env, throwaway

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"
TESTING = "pytest" in sys.modules

# Servers.
# Decided before discovery: what discovery finds must never look like a server somebody else runs.
EXTERNAL_SERVERS = "DATABASE_URL" in os.environ
_urls = None
if not EXTERNAL_SERVERS:
    _urls = throwaway.for_tests() if TESTING else embedded.discover(BASE_DIR)

_app_url = env.url("DATABASE_URL", _urls.app_database_url if _urls else "")
_owner_url = env.url("DATABASE_OWNER_URL", _urls.owner_database_url if _urls else _app_url)
REDIS_URL = env.url("REDIS_URL", _urls.redis_url if _urls else "")
CELERY_BROKER_URL = env.url(
    "CELERY_BROKER_URL", _urls.celery_broker_url if _urls else REDIS_URL or "memory://"
)


def _database(url: str) -> dict[str, object]:
    """Return Django's settings for one database URL; without one, the start fails at first use."""
    parsed = dj_database_url.parse(
        url or "postgresql:///tracker", conn_max_age=60, conn_health_checks=True
    )
    # Statements written by hand are prepared once they come often; those of the ORM never are.
    options = {"prepare_threshold": env.integer("DATABASE_PREPARE_AFTER", 5) or None}
    return {**parsed, "OPTIONS": {**options, **parsed.get("OPTIONS", {})}}


# The tests create and drop databases, so they connect as owner; a test takes the other role itself.
DATABASES = {"default": _database(_owner_url if TESTING else _app_url)}
if not TESTING:
    DATABASES["owner"] = _database(_owner_url)
DATABASE_APP_ROLE = env.text("DATABASE_APP_ROLE", "tracker_app")

# Django.
DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = "tests only" if TESTING else env.secret("SECRET_KEY")
CONTACT_KEY = "tests only" if TESTING else env.secret("CONTACT_KEY")
# Phones seal what they hold to the public half of this key.
FIELD_KEY = "tests only" if TESTING else env.secret("FIELD_KEY")
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "tracker.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "tracker.apps.TrackerConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # So that a project template can draw a form field.
    "django.forms",
    # allauth's passkey page needs its template tags.
    "django.contrib.humanize",
    "django_linear_migrations",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "csp",
]
MIDDLEWARE = [
    "tracker.web.published.PublishedFiles",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.web.privacy.NoStore",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.web.context.frame",
            ]
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Sign-in.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/board/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "tracker.web.accounts.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Security.
# Plain http is only for loopback; anything served to others says so by HTTPS=1.
HTTPS = env.boolean("HTTPS", default=PUBLIC_BASE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.boolean("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Not "no-referrer": browsers then send "Origin: null" with a form, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Languages and time.
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("uk", _("Ukrainian")),
    ("ru", _("Russian")),
    ("fr", _("French")),
    ("ar", _("Arabic")),
]
# Offered in the language switch; a language joins when every string of it is there.
LANGUAGES_COMPLETE = ["en"]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# Where the corridors of this installation lie: pages show this time, with UTC in the title.
FIELD_TIME_ZONE = env.text("FIELD_TIME_ZONE", "Europe/Kyiv")

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = LOCAL_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
# Looks files up when asked for, so that nothing need have been collected.
WHITENOISE_AUTOREFRESH = TESTING or DEBUG
PUBLISHED_DIR = Path(env.text("PUBLISHED_DIR", str(LOCAL_DIR / "published")))

# Sessions, caches and limits never rest on Redis: it may freeze.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Celery.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "publish": {"task": "tracker.tasks.situation.publish", "schedule": 5.0},
    "drain": {"task": "tracker.tasks.outbox.drain", "schedule": 10.0},
    "watch": {"task": "tracker.tasks.alerts.watch", "schedule": 15.0},
}

# Mail.
# Without an SMTP server mails are files that staff can read; an exercise never leaves the machine.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = env.text("MAIL_DIR", str(LOCAL_DIR / "mail"))
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "evacuation-tracker@localhost")

# API.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tracker.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tracker.api.authentication.KeyMay"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "tracker.api.negotiation.JsonAlways",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "tracker.api.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tracker.api.problems.as_problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Evacuation tracker",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["tracker.api.schema.complete"],
}

# The field's own numbers.
OPEN_STATUS_HOURS = env.integer("OPEN_STATUS_HOURS", 6)
CLOSED_STATUS_HOURS = env.integer("CLOSED_STATUS_HOURS", 24)
PUBLIC_CONVOY_DELAY_HOURS = max(1, env.integer("PUBLIC_CONVOY_DELAY_HOURS", 12))
PUBLISH_TICK_SECONDS = env.integer("PUBLISH_TICK_SECONDS", 60)
PUBLISHED_VALID_MINUTES = env.integer("PUBLISHED_VALID_MINUTES", 15)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # On the loggers that name the path of a request, and once more where everything is written.
    "filters": {"tokens": {"()": "tracker.lib.scrubbing.WithoutTokens"}},
    "formatters": {"line": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.request": {"filters": ["tokens"]},
        "django.server": {"level": "WARNING", "filters": ["tokens"]},
    },
}
