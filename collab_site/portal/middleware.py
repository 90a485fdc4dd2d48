"""What every request meets first, and every answer last."""

import re

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_cache_control

from collab_site.portal import errors

# A tab may be pasted into a search box.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
# `name*=value` and `name*0=value`, as in RFC 2231. No browser sends them in a Content-Type.
EXTENDED_PARAMETER = re.compile(r";[^;=*]*\*[^;=]*=")
PRIVATE = (
    "/admin/",
    "/accounts/",
    "/style/",
    "/plan-preview/",
    "/as-if/",
    "/name-us/receipt/",
)
UNUSED_FEATURES = (
    "accelerometer autoplay browsing-topics camera display-capture encrypted-media fullscreen "
    "geolocation gyroscope magnetometer microphone midi payment screen-wake-lock usb "
    "xr-spatial-tracking"
).split()
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
}


class _WholeBody:
    """A body that fails where it breaks off, so that no half of it is taken for the whole."""

    def __init__(self, stream):
        self._stream = stream

    def read(self, size):
        data = self._stream.read(size)
        if len(data) < size:
            raise OSError("The body broke off.")
        return data

    def readline(self, size):
        return self._stream.readline(size)


class PortalRequest(WSGIRequest):
    """A request that can always be made, so that a page can refuse it.

    Python's e-mail parser, to which Django gives these headers, raises whatever it likes.
    """

    def __init__(self, environ):
        environ["wsgi.input"] = _WholeBody(environ["wsgi.input"])
        try:
            _require_plain_parameters(environ.get("CONTENT_TYPE", ""))
            super().__init__(environ)
        except Exception:
            super().__init__(environ | {"CONTENT_TYPE": ""})
            self.content_params = {"charset": "unreadable"}

    def parse_file_upload(self, META, post_data):
        """Do as Django does, with one kind of error for every part that can't be parsed."""
        try:
            return super().parse_file_upload(META, post_data)
        except (TypeError, LookupError, ValueError) as error:
            raise MultiPartParserError("A part of the form can't be read.") from error


def _require_plain_parameters(content_type):
    """Raise ValueError for extended parameters: which of them are valid differs between Pythons."""
    if EXTENDED_PARAMETER.search(content_type):
        raise ValueError("The Content-Type has parameters in RFC 2231 form.")


class PortalHandler(WSGIHandler):
    """Django's WSGI application, with the portal's requests."""

    request_class = PortalRequest


class HostMiddleware:
    """Refuse a host that isn't ours, before anything is answered or sent on there."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.get_host()  # raises DisallowedHost
        return self.get_response(request)


class RefusalMiddleware:
    """Refuse what no view should see, before any of the body is read.

    A school's entrance comes before it, and greets in a refusal, too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return _refusal(request) or self.get_response(request)


class HeadersMiddleware(SecurityMiddleware):
    """Put Django's security headers and the portal's own on every answer, refusals included.

    Django's own middleware stays further in: where it redirects to https, the host is known.
    """

    def process_request(self, request):
        """Leave the redirect to Django's own middleware."""

    def process_response(self, request, response):
        """Return `response` with its headers; those that a view has set are kept."""
        response = super().process_response(request, response)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        if request.path_info.startswith(PRIVATE):
            response["X-Robots-Tag"] = "noindex"
            patch_cache_control(response, no_store=True)
        else:
            response.setdefault("Cache-Control", "no-cache")
        return response


def _refusal(request):
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.REQUEST_MAX_BYTES:
        return errors.too_large(request)
    charset = request.content_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8") or any(map(CONTROL.search, _texts(request))):
        return errors.bad_request(request)
    return None


def _texts(request):
    yield request.path_info
    for cookie in request.COOKIES.items():
        yield from cookie
    for name, values in request.GET.lists():
        yield from (name, *values)
