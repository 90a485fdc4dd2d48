"""The portal's own gunicorn, but with workers of one request at a time, which are compared fairly.

Of those with threads, one alone may get all connections; and none is replaced in the middle.
"""

from collab_site.gunicorn_conf import *  # noqa: F403

worker_class, threads, workers, keepalive = "sync", 1, 2, 0
max_requests = 0
