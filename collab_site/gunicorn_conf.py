"""How gunicorn runs the portal, once `manage.py serve` has prepared it."""

import gc
import threading
from pathlib import Path

from collab_site import settings

wsgi_app = "collab_site.wsgi:application"
host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
bind = f"{host}:{settings.PORT}"
worker_class = "collab_site.worker.PortalWorker"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
# Each counts in full against what reading a picture may take: collab_site/core/pictures/memory.py.
threading.stack_size(2 * 1024**2)
preload_app = True
# A worker that has answered for long is replaced, so that no leak can grow for ever.
max_requests = 20_000
max_requests_jitter = 2_000
timeout = 60
graceful_timeout = 20
# Django alone decides which proxy's headers count: TRUSTED_PROXY_COUNT.
forwarded_allow_ips = ""
control_socket_disable = True
loglevel = "warning"
# A worker shows that it's alive by touching a file; on a busy disk that could come too late.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
SILENCE_SECONDS = 30


def pre_request(worker, request):
    """Give up a sender that has been silent for long, whose thread others need."""
    request.unreader.sock.settimeout(SILENCE_SECONDS)


def when_ready(server):
    """Leave what all workers have in common to their common memory."""
    gc.collect()
    gc.freeze()
