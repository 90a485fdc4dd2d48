"""Public pages under another prefix, in which every link stays."""

import re
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix

ENTRANCE = re.compile(r"/from/(?P<slug>[-\w]+)(?P<rest>/.*)?", re.ASCII | re.DOTALL | re.IGNORECASE)


def home_of(request):
    """Return the address of the home page as `request` reaches it, without asking the database.

    A school's entrance is part of the prefix, unless something failed before it was looked up.
    """
    was_looked_up = hasattr(request, "school")
    entrance = None if was_looked_up else ENTRANCE.fullmatch(request.path_info)
    return get_script_prefix() + (f"from/{entrance['slug']}/" if entrance else "")


def sent_on(request, before, now):
    """Return the redirect to where `before` in the address is `now`, with whatever was sent.

    It isn't for good: a school may take its old address name back.
    """
    address = request.get_full_path().replace(before, now, 1)
    return HttpResponseRedirect(address, preserve_request=True)


@contextmanager
def links_under(prefix):
    """Let every {% url %} begin with `prefix`, which begins with a slash, until the end."""
    before = get_script_prefix()
    set_script_prefix(f"{before.rstrip('/')}{prefix.rstrip('/')}/")
    try:
        yield
    finally:
        set_script_prefix(before)


def answer_under(prefix, rest, request, get_response):
    """Return the answer of the public page `rest`, whose every {% url %} begins with `prefix`.

    Both begin with a slash. Whatever is not for everybody isn't there: it is a 404.
    """
    request.path_info = rest
    request.urlconf = settings.ENTRANCE_URLCONF
    with links_under(prefix):
        return get_response(request)
