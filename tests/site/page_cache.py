"""A portal behind its page cache, asked as a web server asks it."""

import io

from django.conf import settings

from collab_site.portal.page_cache import PageCache

HOST = settings.ALLOWED_HOSTS[0]
AIMS = "/aims/"


def ask(application, path=AIMS, method="GET", **extra):
    """Return the status, the headers and the body with which a WSGI application answers."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "HTTP_HOST": HOST,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    told = []
    answer = application(environ | extra, lambda *start: told.extend(start))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(told[0].split()[0]), dict(told[1]), body


class Asked:
    """A portal behind its page cache; `made` are the paths for which Django was asked."""

    def __init__(self, application, **kwargs):
        self.application, self.made = application, []
        self.page_cache = PageCache(self._make, **kwargs)

    def _make(self, environ, start_response):
        self.made.append(environ["PATH_INFO"])
        return self.application(environ, start_response)

    def get(self, *args, **extra):
        return ask(self.page_cache, *args, **extra)

    def makes(self, *args, **extra):
        """Return whether Django is asked for this."""
        self.made.clear()
        self.get(*args, **extra)
        return bool(self.made)


class Lasting:
    """A content version that stays as it is."""

    def read(self):
        return "version"


def lasting(application, **kwargs):
    """Return an application behind a page cache that notices no change."""
    asked = Asked(application, **kwargs)
    asked.page_cache.version = Lasting()
    return asked
