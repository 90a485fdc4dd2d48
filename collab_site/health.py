"""Whether the portal works, for whatever monitors it."""

from tempfile import TemporaryFile

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import F
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.views.decorators.cache import never_cache

from collab_site.freshness.version import HeldVersion
from collab_site.upkeep.models import Installation

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WRITE_TIMEOUT_MS = 2000


@never_cache
def healthz(request):
    """Return "ok" where the database answers within seconds, and status 503 otherwise."""
    if not _is_database_readable():
        return _unavailable("The database doesn't answer.")
    return HttpResponse("ok", "text/plain")


@never_cache
def readyz(request):
    """Return "ok" where database and disk can be written, too, and status 503 otherwise."""
    if not _is_database_readable():
        return _unavailable("The database doesn't answer.")
    try:
        _write_to_database()
    except Error:
        return _unavailable("The database can't be written.")
    try:
        with TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(b"ok")
    except OSError:
        return _unavailable("DATA_DIR can't be written.")
    return HttpResponse("ok", "text/plain")


def _is_database_readable():
    # Unlike Django's own connections, this one has a time limit for the answer, too.
    version = HeldVersion()
    try:
        return version.read() is not None
    finally:
        version.close()


def _write_to_database():
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {WRITE_TIMEOUT_MS}")
        Installation.objects.update(next_uploads_id=F("next_uploads_id"))


def _unavailable(text):
    return HttpResponse(text, "text/plain", status=503)


CHECKS = {"/healthz": healthz, "/readyz": readyz}


class LocalHealthMiddleware:
    """Answer health checks from this machine, which needn't know the portal's public host."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        check = CHECKS.get(request.path_info)
        if check and _is_for_loopback(request):
            return check(request)
        return self.get_response(request)


def _is_for_loopback(request):
    host, _ = split_domain_port(request.META.get("HTTP_HOST", ""))
    return validate_host(host, LOOPBACK_HOSTS)
