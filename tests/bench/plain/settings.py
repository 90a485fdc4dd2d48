"""The settings of a plain Django site with the portal's apps, database and templates."""

from collab_site.settings import *  # noqa: F403
from collab_site.settings import BASE_DIR, INSTALLED_APPS

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
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collab_site.schools.context.identity",
            ],
            "builtins": ["collab_site.schools.templatetags.portal"],
            "loaders": [("django.template.loaders.cached.Loader", LOADERS)],
        },
    },
]
