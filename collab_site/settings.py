"""The portal's one settings file. What differs between places comes from the environment.

docs/settings.md lists every variable. A bad value stops the start with a sentence that names it.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.urls import reverse_lazy

from collab_site.environment import (
    made_folder,
    read,
    read_data_dir,
    read_database,
    read_email,
    read_hosts,
    read_natural,
    read_public_url,
    read_secret_key,
    read_time_zone,
    read_uploads,
    require_proxy_for_tls,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = read_data_dir(BASE_DIR / "var")

# --- Where the portal is ---------------------------------------------------------------------
HOST = read("HOST", str, "127.0.0.1")
PORT = read_natural("PORT", 8000, least=1, most=65535)
PUBLIC_URL = read_public_url(f"http://127.0.0.1:{PORT}")
BEHIND_TLS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = read_hosts(PUBLIC_URL)
WEB_WORKERS = read_natural("WEB_WORKERS", 2, least=1)
# A worker takes on slow senders up to its threads, however idle the other one is.
WEB_THREADS = read_natural("WEB_THREADS", 32, least=1)
# How many proxies stand in front; only so many entries of X-Forwarded-For are believed.
TRUSTED_PROXY_COUNT = read_natural("TRUSTED_PROXY_COUNT", 0)
require_proxy_for_tls(PUBLIC_URL, TRUSTED_PROXY_COUNT)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

DEBUG = read("DEBUG", bool, False)

# --- What it is made of ----------------------------------------------------------------------
INSTALLED_APPS = [
    "collab_site.apps.PortalConfig",
    "aims",
    "actionplan",
    "achievements",
    "naming_contest",
    "collab_site.core.schools",
    "collab_site.core.accounts",
    "collab_site.core.pictures",
    "collab_site.core.editing",
    "collab_site.core.content_version",
    "collab_site.portal.upkeep",
    "collab_site.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "reversion",
]

MIDDLEWARE = [
    # Those that put headers on answers come first, so that refusals have them, too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "collab_site.portal.middleware.HeadersMiddleware",
    "collab_site.portal.health.LocalHealthMiddleware",
    "collab_site.portal.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "collab_site.core.schools.middleware.EntranceMiddleware",
    "collab_site.portal.middleware.RefusalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "naming_contest.preview.PreviewMiddleware",
    "collab_site.core.schools.middleware.OldAddressMiddleware",
]

ROOT_URLCONF = "collab_site.urls"
ENTRANCE_URLCONF = "collab_site.portal.entrance_urls"
WSGI_APPLICATION = "collab_site.wsgi.application"

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
                "collab_site.core.schools.context.identity",
            ],
            "builtins": ["collab_site.core.schools.templatetags.portal"],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["portal"]
CRISPY_TEMPLATE_PACK = "portal"
CRISPY_FAIL_SILENTLY = False

# --- What it keeps ---------------------------------------------------------------------------
DATABASES = {"default": read_database(DATA_DIR)}
SECRET_KEY = read_secret_key(DATA_DIR, DATABASES["default"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Sign-in limits must hold in every process, so their counters are in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
    },
}

# A page that was kept is shown for as long as nothing in these apps changes, but for what no page
# for everybody tells.
CONTENT_APPS = ["schools", "aims", "actionplan", "achievements", "naming_contest"]
NOT_CONTENT = {
    "actionplan.EditionDocument",
    "actionplan.HeldDocument",
    "naming_contest.Moderator",
    "naming_contest.Score",
    "naming_contest.TokenBucket",
    "schools.SharePicture",
}

# How long what was removed can be put back.
BIN_DAYS = read_natural("BIN_DAYS", 365, least=1)

# What a start puts into an empty portal.
STARTER_CONTENT = Path(
    read(
        "STARTER_CONTENT",
        str,
        min((BASE_DIR / "collab_site" / "portal" / "content").glob("*.yaml")),
    )
)

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = read_uploads(DATA_DIR) | {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "collab_site.portal.static_files.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = read_time_zone("Europe/London")
USE_TZ = True

# --- Signing in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# E-mail addresses are unique, by a constraint that takes no notice of case.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_MIN_LENGTH = 10
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
LOGOUT_REDIRECT_URL = "/"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACCOUNT_ADAPTER = "collab_site.core.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# allauth's own generator copies e-mail addresses to a table where a change here would miss them.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "collab_site.core.accounts.forms.LoginForm",
    "reset_password": "collab_site.core.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "collab_site.core.accounts.forms.ResetPasswordKeyForm",
    "change_password": "collab_site.core.accounts.forms.ChangePasswordForm",
}
# A whole school is one address, so a limit by address is generous; one by account is not.
LOGINS_PER_ADDRESS = read_natural("LOGINS_PER_ADDRESS", 120, least=1)
FAILED_LOGINS_PER_ACCOUNT = read_natural("FAILED_LOGINS_PER_ACCOUNT", 5, least=1)
LOGIN_LOCK_MINUTES = 5
PASSWORD_RESETS_PER_ADDRESS = read_natural("PASSWORD_RESETS_PER_ADDRESS", 20, least=1)
PASSWORD_RESETS_PER_ACCOUNT = read_natural("PASSWORD_RESETS_PER_ACCOUNT", 3, least=1)
ACCOUNT_RATE_LIMITS = {
    "login": f"{LOGINS_PER_ADDRESS}/m/ip",
    "login_failed": f"{FAILED_LOGINS_PER_ACCOUNT}/{LOGIN_LOCK_MINUTES}m/key",
    "reset_password": f"{PASSWORD_RESETS_PER_ADDRESS}/m/ip,{PASSWORD_RESETS_PER_ACCOUNT}/m/key",
}
INVITATION_DAYS = read_natural("INVITATION_DAYS", 7, least=1)

EMAIL_IS_SET_UP = bool(os.environ.get("EMAIL_URL"))
vars().update(read_email())
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read("FROM_EMAIL", str, f"portal@{urlsplit(PUBLIC_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- What families and schools send ----------------------------------------------------------
PICTURE_MAX_BYTES = read_natural("PICTURE_MAX_MEGABYTES", 20, least=1) * 1024 * 1024
PICTURE_MAX_PIXELS = 50_000_000
PICTURE_HOLD_SECONDS = 3600
# So that forms sent wrong again and again can't fill the disk.
PICTURES_HELD_AT_MOST = 500
DOCUMENT_MAX_BYTES = read_natural("DOCUMENT_MAX_MEGABYTES", 20, least=1) * 1024 * 1024
DOCUMENTS_HELD_AT_MOST = 50
# What a killed process leaves of a large upload is found, and goes at the next start.
FILE_UPLOAD_TEMP_DIR = made_folder(DATA_DIR / "uploads", mode=0o700)
# Larger bodies are refused before they are read; somewhat too large ones get the form's own words.
REQUEST_MAX_BYTES = max(PICTURE_MAX_BYTES, DOCUMENT_MAX_BYTES) * 3
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A strand with hundreds of steps is one page.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SUGGESTION_MIN_SECONDS = read_natural("SUGGESTION_MIN_SECONDS", 2)
SUGGESTION_MAX_HOURS = read_natural("SUGGESTION_MAX_HOURS", 24, least=1)
# One address may send this many at once, and as many again in each hour.
SUGGESTIONS_PER_HOUR = read_natural("SUGGESTIONS_PER_HOUR", 60, least=1)

# What is personal in ideas is erased so long after the result; and, whatever becomes of a contest,
# so long after an idea has come.
IDEAS_KEPT_DAYS = read_natural("IDEAS_KEPT_DAYS", 90, least=1)
IDEAS_LONGEST_DAYS = read_natural("IDEAS_LONGEST_DAYS", 730, least=1)

# --- Headers ---------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = BEHIND_TLS
# Whatever watches over the server asks it directly.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if BEHIND_TLS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "collab_site.portal.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- What is told ----------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "outage": {"()": "collab_site.portal.logs.OutageFilter"},
        "no_secrets": {"()": "collab_site.portal.logs.NoSecrets"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["outage", "no_secrets"],
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # How much has been erased, and how many files.
        "naming_contest": {"level": "INFO"},
        "collab_site.core.pictures.orphans": {"level": "INFO"},
        # A wrong address or an unknown host is the visitor's slip, not the technician's work.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
