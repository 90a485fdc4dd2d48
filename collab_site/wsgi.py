"""The WSGI application that gunicorn runs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab_site.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402 - after the set-up

from collab_site.portal.middleware import PortalHandler  # noqa: E402
from collab_site.portal.page_cache import PageCache  # noqa: E402
from collab_site.portal.preloading import preload_templates  # noqa: E402

application = PortalHandler()
# Who writes templates wants to see them as they are.
if not settings.DEBUG:
    preload_templates()
    application = PageCache(application)
