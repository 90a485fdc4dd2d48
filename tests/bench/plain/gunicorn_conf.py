"""The plain site on the same gunicorn, where each worker loads it for itself."""

from collab_site.gunicorn_conf import *  # noqa: F403

wsgi_app = "django.core.wsgi:get_wsgi_application()"
preload_app = False
