"""What stands before Django: pages for everybody, kept as bytes for as long as nothing changes.

Only what any stranger would get is kept, and only under the content version that was read before it
was made; whatever else is asked for goes to Django. Each process keeps pages of its own, and all of
them read the same version at each request, so that none has to tell another anything.
"""

import gzip
import hashlib
import re
import time
from collections import OrderedDict
from functools import cached_property, lru_cache
from http import HTTPStatus
from threading import Lock
from urllib.parse import parse_qsl

import brotli
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import Error as DatabaseError
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.cache import cc_delim_re

from collab_site.core.freshness.sharing import sharing
from collab_site.core.freshness.version import HeldVersion
from collab_site.portal.health import HEALTH_CHECKS
from collab_site.portal.moments import next_moment

# Of bodies as they are before they are compressed; their compressed ones add about a third.
MOST_BYTES = 16 * 1024**2
MOST_BYTES_OF_A_PAGE = 1024**2
# For so long, pages are shown while nobody can say whether they are still the newest.
GRACE_SECONDS = 60
# Six bytes less in a hundred would take thirty times as long.
BROTLI_QUALITY = 5
READING = {"GET", "HEAD"}
OF_A_STRANGER = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "HTTP_COOKIE": ""}
# What newsletters and social networks add to links; no page looks at it.
OF_OTHERS = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")
# With the first, Django may say something else to whoever asks; with any of them, to whoever comes
# first. Of all the others, which come from a proxy or from other sites, it never hears.
PERSONAL = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
OWN = (*PERSONAL, settings.CSRF_COOKIE_NAME)
PERSONAL_COOKIE, OWN_COOKIE = (
    re.compile(rf"(?:^|[;,\s])(?:{'|'.join(names)})\s*=") for names in (PERSONAL, OWN)
)
NOT_FOR_ALL = re.compile("no-store|private")
VARYING = {"", "cookie", "accept-encoding"}
# Pictures and PDFs are as small as they get.
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(?:\w+\+)?(?:xml|json)")
NO_WEIGHT = re.compile(r"q=0(?:\.0*)?")
OF_THE_BODY = {"Content-Length", "Content-Encoding"}


class Page:
    """An answer as it is kept: as long as its content version holds, and until a moment.

    `until` is in seconds of time.time(), `headers` are pairs, `body` is not compressed.
    """

    def __init__(self, version, until, headers, body):
        self.version, self.until, self.body = version, until, body
        self._etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        # Weak, because it is the same however the body is compressed.
        told = {**dict(headers), "ETag": f"W/{self._etag}", "Vary": "Accept-Encoding, Cookie"}
        self._headers = [pair for pair in told.items() if pair[0] not in OF_THE_BODY]
        self._unchanged = [pair for pair in self._headers if not pair[0].startswith("Content-")]
        self._is_compressible = COMPRESSIBLE.match(told.get("Content-Type", ""))

    def answer(self, environ, start_response):
        """Answer a GET or HEAD request as WSGI has it."""
        if self._is_known(environ.get("HTTP_IF_NONE_MATCH")):
            start_response("304 Not Modified", self._unchanged)
            return []
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "") if self._is_compressible else ""
        headers, body = getattr(self, _encoding(accepted))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _is_known(self, etags):
        return etags is not None and (self._etag in etags or etags.strip() == "*")

    @cached_property
    def plain(self):
        return self._with_length([], self.body)

    @cached_property
    def gzip(self):
        return self._with_length([("Content-Encoding", "gzip")], gzip.compress(self.body, mtime=0))

    @cached_property
    def br(self):
        body = brotli.compress(self.body, quality=BROTLI_QUALITY)
        return self._with_length([("Content-Encoding", "br")], body)

    def _with_length(self, headers, body):
        return [*self._headers, *headers, ("Content-Length", str(len(body)))], body


class Store:
    """Pages by what was asked for; those that nobody has asked for the longest are given up."""

    def __init__(self, most_bytes):
        self._most_bytes, self._bytes = most_bytes, 0
        self._pages, self._lock = OrderedDict(), Lock()

    def __len__(self):
        return len(self._pages)

    def find(self, key, version):
        """Return the page of this content version, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.version != version or page.until <= time.time():
                return None
            self._pages.move_to_end(key)
            return page

    def keep(self, key, page):
        """Keep a page in place of an earlier one."""
        with self._lock:
            self._count_out(self._pages.pop(key, None))
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._most_bytes:
                self._count_out(self._pages.popitem(last=False)[1])

    def _count_out(self, page):
        self._bytes -= len(page.body) if page else 0


class Front:
    """A WSGI application that answers from what it keeps, and asks `application` for the rest."""

    def __init__(self, application, most_bytes=MOST_BYTES):
        self._application, self.store = application, Store(most_bytes)
        self.version = HeldVersion()
        self._known, self._known_at = None, -GRACE_SECONDS
        self._shared = None, 0, {}

    def __call__(self, environ, start_response):
        """Answer a request."""
        if environ["REQUEST_METHOD"] not in READING or _is_never_cached(environ):
            return self._application(environ, start_response)
        key, version = key_of(environ), self.version.read()
        page = key and self.store.find(key, self._to_show(version))
        if page:
            return page.answer(environ, start_response)
        if version is None:
            return self._application(environ, start_response)
        until, read = self._what_is_shared(version)
        with sharing(read):
            if key is None or _has(OWN_COOKIE, environ):
                return self._application(environ, start_response)
            return self._make(key, version, until, environ, start_response)

    def _to_show(self, version):
        if version:
            self._known, self._known_at = version, time.monotonic()
            # Another thread may have put down by now what it had read before.
            return version
        return self._known if time.monotonic() < self._known_at + GRACE_SECONDS else None

    def _make(self, key, version, until, environ, start_response):
        # What is made for whoever comes first is shown to all.
        asked, told = environ | OF_A_STRANGER, []
        response = self._application(asked, lambda *start: told.extend(start))
        if not _may_be_kept(response):
            start_response(*told)
            return _head_of(response) if environ["REQUEST_METHOD"] == "HEAD" else response
        page = Page(version, until, response.items(), _body(response))
        response.close()
        self.store.keep(key, page)
        return page.answer(environ, start_response)

    def _what_is_shared(self, version):
        """Return until when the pages of this version hold, and what they have read so far."""
        now = timezone.now()
        known_for, until, read = self._shared
        if known_for != version or until <= now.timestamp():
            until, read = _next_moment(now), {}
            self._shared = version, until, read
        return until, read


def key_of(environ):
    """Return under what the page that a GET or HEAD asks for is kept, or None if it never is."""
    if environ.get("CONTENT_LENGTH", "0") != "0":
        return None
    host = _host(environ.get("HTTP_HOST", ""))
    if not host or _has(PERSONAL_COOKIE, environ) or _asks_more(environ):
        return None
    return _scheme(environ), host, environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")


def _has(cookie, environ):
    return cookie.search(environ.get("HTTP_COOKIE", ""))


def _is_never_cached(environ):
    """Return whether the content version needn't be read: for static files and health checks."""
    path = environ.get("PATH_INFO", "")
    return path.startswith(settings.STATIC_URL) or path in HEALTH_CHECKS


@lru_cache(maxsize=256)
def _host(told):
    """Return the portal's host that is asked, without its port; None for any other."""
    host, _ = split_domain_port(told)
    return host if host and validate_host(host, settings.ALLOWED_HOSTS) else None


def _scheme(environ):
    if not settings.SECURE_PROXY_SSL_HEADER:
        return environ["wsgi.url_scheme"]
    header, secure = settings.SECURE_PROXY_SSL_HEADER
    told = environ.get(header, environ["wsgi.url_scheme"])
    return "https" if told.split(",")[0].strip() == secure else "http"


def _asks_more(environ):
    query = environ.get("QUERY_STRING")
    return query and not all(name.startswith(OF_OTHERS) for name, _ in parse_qsl(query, True))


def _may_be_kept(response):
    """Return whether anybody would get this response; Django's are such if they aren't streamed."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == HTTPStatus.OK
        and not response.cookies
        and not NOT_FOR_ALL.search(response.get("Cache-Control", ""))
        and set(cc_delim_re.split(response.get("Vary", "").lower())) <= VARYING
        and len(response.content) <= MOST_BYTES_OF_A_PAGE
    )


def _head_of(response):
    response.close()
    return []


def _body(response):
    compressed = response.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if compressed else response.content


def _next_moment(now):
    try:
        return next_moment(now).timestamp()
    except DatabaseError:
        return 0


@lru_cache(maxsize=256)
def _encoding(accepted):
    """Return which of a Page's encodings an Accept-Encoding header asks for: the best of them."""
    parts = (part.partition(";") for part in accepted.lower().replace(" ", "").split(","))
    wanted = {name for name, _, weight in parts if not NO_WEIGHT.fullmatch(weight)}
    return next((encoding for encoding in ("br", "gzip") if encoding in wanted), "plain")
