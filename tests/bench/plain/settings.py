"""The settings of a plain Django site with the portal's apps, database and templates."""

from collab_site.settings import *  # noqa: F403
from collab_site.settings import BASE_DIR, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench.plain"]
ROOT_URLCONF = "tests.bench.plain.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # allauth wants it.
    "allauth.account.middleware.AccountMiddleware",
]
LOADERS = [
    ("tests.bench.plain.templates.Loader", [BASE_DIR / "templates"]),
    "django.template.loaders.app_directories.Loader",
]
CACHED = {"loaders": [("django.template.loaders.cached.Loader", LOADERS)]}
TEMPLATES = [
    {"BACKEND": TEMPLATES[0]["BACKEND"], "OPTIONS": TEMPLATES[0]["OPTIONS"] | CACHED},
]
