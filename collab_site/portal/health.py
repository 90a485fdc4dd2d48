"""Whether the portal works, for whatever monitors it."""

import time
from tempfile import TemporaryFile
from threading import Lock

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.views.decorators.cache import never_cache

from collab_site.core.content_version.reader import ContentVersionReader
from collab_site.portal.upkeep.models import WriteProbe
from collab_site.portal.upkeep.uploads_binding import STORAGE_ALIASES

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
TIMEOUT_STATEMENTS = {
    "sqlite": "PRAGMA busy_timeout = 2000",
    "postgresql": "SET statement_timeout = 2000",
}
# Anybody can ask, so a result is kept for a moment.
READINESS_CACHE_SECONDS = 1
MAX_WAIT_SECONDS = 5


class ReadinessCheck:
    """Whether database and disk can be read and written; tried once in READINESS_CACHE_SECONDS."""

    def __init__(self):
        self._lock, self._expires_at, self._problem = Lock(), 0, None

    def find_problem(self):
        """Return a sentence on what can't be used, or None."""
        # A disk can hang for ever, but never more than one thread.
        if not self._lock.acquire(timeout=MAX_WAIT_SECONDS):
            return "The database or the disk doesn't answer."
        try:
            if time.monotonic() >= self._expires_at:
                self._problem = _find_problem()
                self._expires_at = time.monotonic() + READINESS_CACHE_SECONDS
            return self._problem
        finally:
            self._lock.release()


readiness = ReadinessCheck()


@never_cache
def healthz(request):
    """Return "ok" where the database answers within seconds, and status 503 otherwise."""
    if not _is_database_readable():
        return _unavailable("The database doesn't answer.")
    return HttpResponse("ok", "text/plain")


@never_cache
def readyz(request):
    """Return "ok" where database and disk can be written, too, and status 503 otherwise."""
    problem = readiness.find_problem()
    return _unavailable(problem) if problem else HttpResponse("ok", "text/plain")


def find_unwritable_folder():
    """Return the first of DATA_DIR and the folders of UPLOADS that can't be written, or None."""
    uploads = [storages[alias] for alias in STORAGE_ALIASES]
    locations = [each.location for each in uploads if isinstance(each, FileSystemStorage)]
    for folder in [settings.DATA_DIR, *locations]:
        try:
            with TemporaryFile(dir=folder) as file:
                file.write(b"ok")
        except OSError:
            return folder
    return None


def _find_problem():
    if not _is_database_readable():
        return "The database doesn't answer."
    try:
        _write_to_database()
    except Error:
        return "The database can't be written."
    if find_unwritable_folder():
        return "A folder of the portal can't be written."
    return None


def _is_database_readable():
    # Unlike Django's own connections, this one has a time limit for the answer, too.
    version = ContentVersionReader()
    try:
        return version.read() is not None
    finally:
        version.close()


def _write_to_database():
    # A connection of its own, whose limits hold for nothing else.
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    table = WriteProbe._meta.db_table
    try:
        with connection.cursor() as cursor:
            cursor.execute(TIMEOUT_STATEMENTS[connection.vendor])
            cursor.execute(
                f"INSERT INTO {table} (id, written_at) VALUES (1, CURRENT_TIMESTAMP) "
                "ON CONFLICT (id) DO UPDATE SET written_at = CURRENT_TIMESTAMP"
            )
    finally:
        connection.close()


def _unavailable(text):
    response = HttpResponse(text, "text/plain", status=503)
    # Django would log it, without a reason, as often as a monitor asks.
    response._has_been_logged = True
    return response


HEALTH_CHECKS = {"/healthz": healthz, "/readyz": readyz}


class LocalHealthMiddleware:
    """Answer health checks from this machine, which needn't know the portal's public host."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        check = HEALTH_CHECKS.get(request.path_info)
        if check and _is_for_loopback(request):
            return check(request)
        return self.get_response(request)


def _is_for_loopback(request):
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return validate_host(host, LOOPBACK_HOSTS)
