"""All settings of the studio. Everything that changes from place to place comes from the environment (see env.py)."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from studio import env

BASE = Path(__file__).resolve().parent.parent
DATA = env.folder("STUDIO_DATA", BASE / ".studio")
DATA.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("STUDIO_DEBUG")
ROLE = env.text("STUDIO_ROLE", "web")  # "web" or "worker": how long a writer waits for the database


def _secret_key() -> str:
    """STUDIO_SECRET_KEY, else one that is made once and kept in the data folder, readable by its owner only."""
    given = env.text("STUDIO_SECRET_KEY")
    if given:
        return given
    file = DATA / "secret-key"
    if not file.exists():
        temporary = file.with_suffix(f".{secrets.token_hex(4)}")
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # two processes start at once: the first link wins, both read it
            file.hardlink_to(temporary)
        temporary.unlink()
    return file.read_text()


SECRET_KEY = _secret_key()
PUBLIC_URL = env.text("STUDIO_URL")  # https://studio.example.org behind a proxy; empty on one machine
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.words("STUDIO_HOSTS", "localhost,127.0.0.1,[::1]")
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "studio.teams",
    "studio.feeds",
    "studio.notices",
    "studio.safety",
    "studio.catalog",
    "studio.gallery",
    "studio.presets",
    "studio.jobs",
    "studio.review",
    "studio.shares",
    "studio.chains",
    "studio.threads",
    "studio.activity",
    "studio.integrations",
    "studio.owning",
    "studio.workspace",
]

MIDDLEWARE = [
    "studio.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "studio.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "studio.middleware.LocalTime",
    "studio.middleware.BusyDatabase",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.workspace.context.frame",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    """PostgreSQL by DATABASE_URL, else SQLite in the data folder (one machine only)."""
    wait = env.number("STUDIO_LOCK_WAIT_S", 20 if ROLE == "worker" else 1.5)
    url = env.text("DATABASE_URL")
    if url:
        parts = urlsplit(url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", parts.hostname or "")),
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "connect_timeout": 5,
                # Whoever waits for a lock gives up as on SQLite: who asks is told soon, who works tries again.
                "options": f"-c lock_timeout={round(1000 * wait)}",
            },
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "studio.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": wait,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
            ),
        },
        # A file, not memory: workers of the tests are processes of their own.
        "TEST": {"NAME": env.text("STUDIO_TEST_DATABASE") or str(DATA / "test.sqlite3")},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # costs a guesser memory, not only time
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # earlier ones still open, and are renewed at sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/signin/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # TLS ends at the proxy in front; it redirects
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # no page is framed: frame-ancestors in SecurityHeaders says it to all browsers
    "security.W008",  # the proxy redirects to https, see SECURE_SSL_REDIRECT
]

# A company's sign-in (OIDC), where the operator names one.
OIDC_ISSUER = env.text("STUDIO_OIDC_ISSUER")
OIDC_CLIENT_ID = env.text("STUDIO_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("STUDIO_OIDC_CLIENT_SECRET")
OIDC_NAME = env.text("STUDIO_OIDC_NAME")
OIDC_TEAM = env.text("STUDIO_OIDC_TEAM")  # id or name of the team that newcomers join; empty: no newcomers
OIDC_ROLE = env.text("STUDIO_OIDC_ROLE", "creator")

# Webhooks. Hosts, addresses and networks (10.0.0.0/8) of one's own that they may reach; by http too.
WEBHOOK_HOSTS = env.words("STUDIO_WEBHOOK_HOSTS")
WEBHOOK_WAITS = [
    float(seconds)  # after each failure; the last one is given up after
    for seconds in env.words("STUDIO_WEBHOOK_WAITS_S", "5,300,1800,7200,18000,36000,50400,72000,86400")
]
WEBHOOK_PAUSE_AFTER = env.number("STUDIO_WEBHOOK_PAUSE_AFTER_S", 5 * 86400.0)
WEBHOOK_TIMEOUT = env.number("STUDIO_WEBHOOK_TIMEOUT_S", 15.0)

EMAIL_BACKEND = env.text("STUDIO_EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("STUDIO_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA / "mail")  # without a mail server, mails lie here as files
EMAIL_HOST = env.text("STUDIO_SMTP_HOST")
EMAIL_PORT = int(env.number("STUDIO_SMTP_PORT", 587))
EMAIL_HOST_USER = env.text("STUDIO_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("STUDIO_SMTP_PASSWORD")
EMAIL_USE_SSL = EMAIL_PORT == 465  # there TLS comes first; elsewhere it is begun by STARTTLS
EMAIL_USE_TLS = env.flag("STUDIO_SMTP_TLS", True) and not EMAIL_USE_SSL
EMAIL_TIMEOUT = 10  # seconds that one answer of the mail server may take
DEFAULT_FROM_EMAIL = env.text("STUDIO_MAIL_FROM", "studio@localhost")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS: list[Any] = [BASE / "static"]
NPM = env.folder("STUDIO_NPM", BASE / "node_modules")
# Only the files that pages load, each under the name of its package.
for _package, _files in {
    "markdown-it": "markdown-it/dist",
    "inter": "@fontsource-variable/inter/files",
    "thumbhash": "thumbhash",
    "dompurify": "dompurify/dist",
}.items():
    if (NPM / _files).is_dir():
        STATICFILES_DIRS.append((f"npm/{_package}", NPM / _files))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20  # a JSON body; files stream to disk
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")

# Times of the leases, in seconds; tests shorten them.
LEASE = env.number("STUDIO_LEASE_S", 10.0)
BEAT = env.number("STUDIO_BEAT_S", 2.0)
SWEEP = env.number("STUDIO_SWEEP_S", 1.0)
SILENCE_LOADING = env.number("STUDIO_SILENCE_LOADING_S", 300.0)
SILENCE = env.number("STUDIO_SILENCE_S", 180.0)
CANCEL_GRACE = env.number("STUDIO_CANCEL_GRACE_S", 2.0)

BLOBS = env.folder("STUDIO_BLOBS", DATA / "blobs")
# A bucket instead of that folder, which then holds only what is on its way there.
S3_BUCKET = env.text("STUDIO_S3_BUCKET")
S3_ENDPOINT = env.text("STUDIO_S3_ENDPOINT")  # empty: Amazon's own
S3_REGION = env.text("STUDIO_S3_REGION", "us-east-1")
S3_KEY, S3_SECRET = env.text("STUDIO_S3_KEY"), env.text("STUDIO_S3_SECRET")
MODELS = env.folder("STUDIO_MODELS", DATA / "models")
SCRATCH = env.folder("STUDIO_SCRATCH", DATA / "scratch")
ACCEL = env.text("STUDIO_ACCEL")  # behind nginx: its internal location for BLOBS, such as /_blobs/
UPLOAD_LIMIT = int(env.number("STUDIO_UPLOAD_LIMIT", 2 * 2**30))

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "studio.logs.JsonLine"},
        "line": {"()": "studio.logs.PlainLine", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": env.text("STUDIO_LOG_FORMAT", "json")}
    },
    "root": {"handlers": ["stderr"], "level": env.text("STUDIO_LOG", "INFO")},
    "loggers": {
        "django": {"handlers": []},
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},  # else a line for every passkey used
        "celery": {"level": "WARNING"},  # a line for every bell says nothing
        "kombu": {"level": "WARNING"},
        "uvicorn": {"handlers": []},  # the web server's own lines go the same way
        "uvicorn.error": {"handlers": []},
    },
}
