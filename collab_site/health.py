"""Whether the portal works, for whatever watches over it."""

from django.db import Error, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request):
    """Return "ok" where the database answers, and status 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("The database doesn't answer.", "text/plain", status=503)
    return HttpResponse("ok", "text/plain")
