"""Public pages under another prefix, in which every link stays."""

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix


def answer_under(prefix, rest, request, get_response):
    """Return the answer of the public page `rest`, whose every {% url %} begins with `prefix`.

    Both begin with a slash. Whatever is not for everybody isn't there: it is a 404.
    """
    before = get_script_prefix()
    request.path_info = rest
    request.urlconf = settings.ENTRANCE_URLCONF
    set_script_prefix(f"{before.rstrip('/')}{prefix}/")
    try:
        return get_response(request)
    finally:
        set_script_prefix(before)
