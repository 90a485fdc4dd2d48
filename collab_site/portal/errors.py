"""The pages that refuse or apologise: what happened, in plain words, and what to do next.

None of them reads the request's body, so they can also refuse one that can't be read.
"""

import errno
import logging
import math
import re
import sys

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseTrouble
from django.http import HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.template.loader import render_to_string

from collab_site.core.pictures.storage import StorageUnavailable
from collab_site.core.schools.prefixes import home_of

logger = logging.getLogger(__name__)

BUSY_SECONDS = 30
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
# SQLite says "readonly database", PostgreSQL "read-only transaction".
READ_ONLY = re.compile("read-?only")
SIGNING_IN = ("account_login", "welcome")
STYLE_SHEETS = ("css/base.css", "css/layout.css", "css/components.css")


def bad_request(request, exception=None):
    """Return the page for what can't be read: 413 where it was too much, 400 otherwise."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _page(
        request,
        400,
        "We could not read that",
        "Your browser sent us something that we can’t read.",
        "Check the address for slips, or go back and try again.",
    )


def forbidden(request, exception=None):
    """Return the 403 page."""
    return _page(
        request,
        403,
        "This page is not open to you",
        "Only some people may see it.",
        "If you should be one of them, ask whoever looks after this site.",
    )


def csrf_failure(request, reason=""):
    """Return the 403 page for a form whose token doesn't fit.

    Signing in makes a new token. Whoever pressed twice is signed in by the first press, and is
    shown where the form leads now.
    """
    if request.resolver_match.url_name in SIGNING_IN and request.user.is_authenticated:
        return redirect(request.get_full_path())
    return _page(
        request,
        403,
        "Please send that again",
        "The page was open for a very long time, or your browser keeps no cookies. "
        "Nothing was sent.",
        "Go back, load the page again and send the form once more. "
        "If that doesn’t help, let your browser keep cookies for this site.",
        again=request.get_full_path(),
    )


def not_found(request, exception=None):
    """Return the 404 page."""
    return _page(
        request,
        404,
        "We can’t find that page",
        "There may be a slip in the address, or the page is no longer here.",
        "Check the address, or start again on the home page.",
    )


def too_large(request):
    """Return the 413 page."""
    megabytes = settings.PICTURE_MAX_BYTES // 1024**2
    return _page(
        request,
        413,
        "That is too big to send",
        "It is more than we can take, so nothing was kept.",
        f"Go back and choose a smaller picture (up to {megabytes} MB) or write a shorter text.",
    )


def too_many(request, seconds=60):
    """Return the 429 page, which asks to wait for `seconds`."""
    minutes = math.ceil(seconds / 60)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    response = _page(
        request,
        429,
        "Please wait a little",
        "A lot has been sent from your school or home in a short time, so this was not kept.",
        f"Wait for {wait}, then go back and send it again.",
    )
    response["Retry-After"] = seconds
    return response


def server_error(request):
    """Return the page for whatever no view has handled: 503 for a fault that passes, 500 otherwise.

    Django comes here from views, templates and middleware alike, with the exception in flight.
    """
    error = sys.exception()
    if isinstance(error, UnreadablePostError):
        return bad_request(request)
    if _is_read_only(error):
        return read_only(request)
    if _will_pass(error):
        return unavailable(request)
    return _plain_page(
        request,
        500,
        "Sorry, something went wrong",
        "It is our fault and not yours. Those who look after this site can see what happened.",
        "Wait for a minute and try again.",
    )


def unavailable(request):
    """Return the 503 page. Of `request` only the path is read: the rest may be what is away."""
    response = _plain_page(
        request,
        503,
        "Sorry, we are too busy just now",
        "We could not finish that. If you were sending something, it was not kept.",
        "Wait for half a minute and try again.",
    )
    response["Retry-After"] = BUSY_SECONDS
    return response


def read_only(request):
    """Return the 503 page for what can't be saved, because database or disk can only be read."""
    response = _plain_page(
        request,
        503,
        "Sorry, nothing can be saved just now",
        "Our pages can be read, but not changed, so what you sent was not kept.",
        "Those who look after this site can see why. Try again later.",
    )
    response["Retry-After"] = BUSY_SECONDS
    return response


def _is_read_only(error):
    if isinstance(error, DatabaseTrouble):
        return bool(READ_ONLY.search(str(error)))
    os_error = getattr(error, "__cause__", None) or error  # StorageUnavailable has no number
    return isinstance(os_error, OSError) and os_error.errno == errno.EROFS


def _will_pass(error):
    full = isinstance(error, OSError) and error.errno in DISK_TROUBLE
    return full or isinstance(error, (DatabaseTrouble, StorageUnavailable))


def _page(request, status, *words, again=""):
    try:
        context = _context(request, *words) | {"again": again}
        body = render_to_string("error.html", context, request)
    except Exception:  # whatever ails the portal, its refusals must still arrive
        logger.exception("A page for status %s was shown without the site's frame.", status)
        return _plain_page(request, status, *words)
    return HttpResponse(body, status=status)


def _plain_page(request, status, *words):
    context = _context(request, *words) | {"style_sheets": _style_sheets()}
    return HttpResponse(render_to_string("error_plain.html", context), status=status)


def _context(request, title, happened, next_step):
    home = home_of(request)
    return {"title": title, "happened": happened, "next_step": next_step, "home": home}


def _style_sheets():
    try:
        return [staticfiles_storage.url(path) for path in STYLE_SHEETS]
    except ValueError:  # they have not been collected yet
        return []
