"""A cache of whole pages in front of Django, as a WSGI application.

It keeps what an anonymous reader gets, as bytes, under the content version that was read before the
page was made; every other request goes to Django. Each process has a cache of its own. All read the
same version at each request, so none has to be invalidated.
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

from collab_site.core.content_version.memo import memo_scope
from collab_site.core.content_version.reader import ContentVersionReader
from collab_site.portal.cache_expiry import next_expiry
from collab_site.portal.health import HEALTH_CHECKS

# Counts uncompressed bodies; the compressed ones add about a third.
MAX_BYTES = 16 * 1024**2
MAX_PAGE_BYTES = 1024**2
# How long cached pages are served while the database is unavailable.
GRACE_SECONDS = 60
# Quality 11 is 6 % smaller and 30 times slower.
BROTLI_QUALITY = 5
SAFE_METHODS = {"GET", "HEAD"}
ANONYMOUS_ENVIRON = {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "HTTP_COOKIE": ""}
# What newsletters and social networks add to links; no page reads it.
TRACKING_PARAMETERS = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")
# With a session cookie, a page may differ for its reader; with any known cookie, a page must not be
# stored. Other cookies, which come from a proxy or other sites, are not passed on to Django.
SESSION_COOKIES = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
KNOWN_COOKIES = (*SESSION_COOKIES, settings.CSRF_COOKIE_NAME)
SESSION_COOKIE, KNOWN_COOKIE = (
    re.compile(rf"(?:^|[;,\s])(?:{'|'.join(names)})\s*=")
    for names in (SESSION_COOKIES, KNOWN_COOKIES)
)
UNCACHEABLE = re.compile("no-store|private")
VARYING = {"", "cookie", "accept-encoding"}
# Pictures and PDFs are compressed already.
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(?:\w+\+)?(?:xml|json)")
ZERO_QVALUE = re.compile(r"q=0(?:\.0*)?")
ENTITY_HEADERS = {"Content-Length", "Content-Encoding"}


class Page:
    """A cached response, valid for one content version and until it expires.

    `expires_at` is in seconds of time.time(), `headers` are pairs, `body` is not compressed.
    """

    def __init__(self, version, expires_at, headers, body):
        self.version, self.expires_at, self.body = version, expires_at, body
        self._etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        # Weak, because it is the same however the body is compressed.
        headers = {**dict(headers), "ETag": f"W/{self._etag}", "Vary": "Accept-Encoding, Cookie"}
        self._headers = [pair for pair in headers.items() if pair[0] not in ENTITY_HEADERS]
        self._headers_304 = [pair for pair in self._headers if not pair[0].startswith("Content-")]
        self._is_compressible = COMPRESSIBLE.match(headers.get("Content-Type", ""))

    def answer(self, environ, start_response):
        """Answer a GET or HEAD request, as a WSGI application does."""
        if self._matches(environ.get("HTTP_IF_NONE_MATCH")):
            start_response("304 Not Modified", self._headers_304)
            return []
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "") if self._is_compressible else ""
        headers, body = getattr(self, _negotiate_encoding(accepted))
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _matches(self, etags):
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


class PageStore:
    """Pages by their cache keys; the least recently used are evicted."""

    def __init__(self, max_bytes):
        self._max_bytes, self._bytes = max_bytes, 0
        self._pages, self._lock = OrderedDict(), Lock()

    def __len__(self):
        return len(self._pages)

    def find(self, key, version):
        """Return the page of this content version, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.version != version or page.expires_at <= time.time():
                return None
            self._pages.move_to_end(key)
            return page

    def add(self, key, page):
        """Store a page in place of an earlier one."""
        with self._lock:
            self._subtract(self._pages.pop(key, None))
            self._pages[key] = page
            self._bytes += len(page.body)
            while self._bytes > self._max_bytes:
                self._subtract(self._pages.popitem(last=False)[1])

    def _subtract(self, page):
        self._bytes -= len(page.body) if page else 0


class PageCache:
    """A WSGI application that serves cached pages, and passes other requests to `application`."""

    def __init__(self, application, max_bytes=MAX_BYTES):
        self._application, self.store = application, PageStore(max_bytes)
        self.version = ContentVersionReader()
        self._last_version, self._last_read_at = None, -GRACE_SECONDS
        self._memo = None, 0, {}

    def __call__(self, environ, start_response):
        """Answer a request."""
        if environ["REQUEST_METHOD"] not in SAFE_METHODS or _bypasses_cache(environ):
            return self._application(environ, start_response)
        key, version = get_cache_key(environ), self.version.read()
        page = key and self.store.find(key, self._current_version(version))
        if page:
            return page.answer(environ, start_response)
        if version is None:
            return self._application(environ, start_response)
        expires_at, memo = self._get_memo(version)
        with memo_scope(memo):
            if key is None or _has_cookie(KNOWN_COOKIE, environ):
                return self._application(environ, start_response)
            return self._render(key, version, expires_at, environ, start_response)

    def _current_version(self, version):
        if version:
            self._last_version, self._last_read_at = version, time.monotonic()
            # Not self._last_version: another thread may have stored an older one meanwhile.
            return version
        is_graceful = time.monotonic() < self._last_read_at + GRACE_SECONDS
        return self._last_version if is_graceful else None

    def _render(self, key, version, expires_at, environ, start_response):
        # The page that the first reader causes is served to all.
        start = []
        response = self._application(environ | ANONYMOUS_ENVIRON, lambda *args: start.extend(args))
        if not _is_cacheable(response):
            start_response(*start)
            return _without_body(response) if environ["REQUEST_METHOD"] == "HEAD" else response
        page = Page(version, expires_at, response.items(), _uncompressed_body(response))
        response.close()
        self.store.add(key, page)
        return page.answer(environ, start_response)

    def _get_memo(self, version):
        """Return when the pages of this version expire, and the dict for its `memo_scope`."""
        now = timezone.now()
        memo_version, expires_at, memo = self._memo
        if memo_version != version or expires_at <= now.timestamp():
            expires_at, memo = _next_expiry(now), {}
            self._memo = version, expires_at, memo
        return expires_at, memo


def get_cache_key(environ):
    """Return the cache key of a GET or HEAD request, or None if it can't be answered from cache."""
    if environ.get("CONTENT_LENGTH", "0") != "0":
        return None
    host = _allowed_host(environ.get("HTTP_HOST", ""))
    if not host or _has_cookie(SESSION_COOKIE, environ) or _has_significant_query(environ):
        return None
    return _scheme(environ), host, environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")


def _has_cookie(pattern, environ):
    return pattern.search(environ.get("HTTP_COOKIE", ""))


def _bypasses_cache(environ):
    """Return whether the content version needn't be read: for static files and health checks."""
    path = environ.get("PATH_INFO", "")
    return path.startswith(settings.STATIC_URL) or path in HEALTH_CHECKS


@lru_cache(maxsize=256)
def _allowed_host(header):
    """Return the host of a Host header without its port, or None if it isn't the portal's."""
    host, _ = split_domain_port(header)
    return host if host and validate_host(host, settings.ALLOWED_HOSTS) else None


def _scheme(environ):
    if not settings.SECURE_PROXY_SSL_HEADER:
        return environ["wsgi.url_scheme"]
    header, secure_value = settings.SECURE_PROXY_SSL_HEADER
    value = environ.get(header, environ["wsgi.url_scheme"])
    return "https" if value.split(",")[0].strip() == secure_value else "http"


def _has_significant_query(environ):
    query = environ.get("QUERY_STRING")
    if not query:
        return False
    return not all(name.startswith(TRACKING_PARAMETERS) for name, _ in parse_qsl(query, True))


def _is_cacheable(response):
    """Return whether every anonymous reader would get this response, and it isn't streamed."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == HTTPStatus.OK
        and not response.cookies
        and not UNCACHEABLE.search(response.get("Cache-Control", ""))
        and set(cc_delim_re.split(response.get("Vary", "").lower())) <= VARYING
        and len(response.content) <= MAX_PAGE_BYTES
    )


def _without_body(response):
    response.close()
    return []


def _uncompressed_body(response):
    compressed = response.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.content) if compressed else response.content


def _next_expiry(now):
    try:
        return next_expiry(now).timestamp()
    except DatabaseError:
        return 0


@lru_cache(maxsize=256)
def _negotiate_encoding(accept_encoding):
    """Return the best encoding of a Page that an Accept-Encoding header allows."""
    parts = (part.partition(";") for part in accept_encoding.lower().replace(" ", "").split(","))
    allowed = {name for name, _, weight in parts if not ZERO_QVALUE.fullmatch(weight)}
    return next((encoding for encoding in ("br", "gzip") if encoding in allowed), "plain")
