"""The WSGI application that gunicorn runs."""

import os

import django

from collab_site.middleware import PortalHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collab_site.settings")
django.setup(set_prefix=False)

application = PortalHandler()
