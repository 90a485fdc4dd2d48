"""Addresses that this portal no longer answers, and the pages to which they lead.

Django has an app for that, which doesn't fit here: it needs the table of django.contrib.sites, a
second name and host beside the collaboration's, which Django and allauth then take for the
portal's; its model checks nothing, so that what comes back from the bin would be checked by
nobody; and it redirects for good, for every method and only for exactly the same query.
"""

import re
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.http.request import validate_host
from django.urls import Resolver404, resolve

KEPT = ("/accounts/", "/admin/", "/as-if/", "/from/", settings.STATIC_URL)
NO_ADDRESS = "This is no address. Copy it from where it stands."
ENTRANCE = re.compile(r"/from/[-\w]+(?=/)", re.ASCII)


def read_old_address(text):
    """Return an old address in its one form, "/page?title=Plan": a whole address is cut to it.

    Raises ValidationError for what is no address of this portal, and for what is answered here.
    """
    parts = _split(text)
    path = bare(unquote(parts.path))
    if not path.isprintable():  # Nor could anybody ask for it, nor PostgreSQL keep it.
        raise ValidationError(NO_ADDRESS)
    kept = next((begin for begin in KEPT if f"{path}/".startswith(begin)), None)
    if kept:
        raise ValidationError(f"Addresses that begin with “{kept}” belong to the portal itself.")
    answered = next((p for p in (path, f"{path}/") if any(_answers(p))), None)
    if answered:
        raise ValidationError(f"“{answered}” is a page here already, so it can’t lead elsewhere.")
    query = urlencode(pairs_of(QueryDict(parts.query)))
    return f"{path}?{query}" if query else path


def read_page(text):
    """Return the address of a public page here, "/aims/#read", without a school's entrance.

    Raises ValidationError where there is none.
    """
    parts = _split(text)
    path = ENTRANCE.sub("", parts.path, count=1) if ENTRANCE.match(parts.path) else parts.path
    page = next((p for p in (path, f"{path}/") if _is_public(unquote(p))), None)
    if page is None:
        raise ValidationError(
            f"There is no page for everybody at “{path}”. Open the page that you mean, and copy "
            "its address."
        )
    return parts._replace(scheme="", netloc="", path=page).geturl()


def bare(path):
    """Return a path without the slash at its end, which is the same address."""
    return path.rstrip("/") or "/"


def pairs_of(query):
    """Return what a QueryDict says as [(name, value), …]."""
    return [(name, value) for name, values in query.lists() for value in values]


def _split(text):
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname
    except ValueError as error:
        raise ValidationError(NO_ADDRESS) from error
    if (host or parts.scheme) and not (parts.scheme in ("http", "https") and _is_ours(host)):
        raise ValidationError(
            f"“{host or text}” is another website. Only addresses of this one can be used here."
        )
    if not parts.path.startswith("/") and not host:
        raise ValidationError("Write it from the first slash on, such as /our-plan/.")
    return parts._replace(path=re.sub("^/*", "/", parts.path))


def _is_ours(host):
    return validate_host(
        host or "", [*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_URL).hostname]
    )


def _is_public(path):
    # What both have is public: the one has the pages for editors, the other a school's panels.
    return all(_answers(path))


def _answers(path):
    return [_is_answered(path, conf) for conf in (settings.ROOT_URLCONF, settings.ENTRANCE_URLCONF)]


def _is_answered(path, urlconf):
    try:
        resolve(path, urlconf)
    except Resolver404:
        return False
    return True
