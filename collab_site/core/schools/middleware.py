"""Addresses that aren't a page's own: a school's entrance, /from/<school>/…, and old ones."""

from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix

from collab_site.core.schools.models import OldAddress, School
from collab_site.core.schools.prefixes import ENTRANCE, answer_under, sent_on


class EntranceMiddleware:
    """Take the entrance off the path, and make every {% url %} keep it.

    Only public pages are there under an entrance: whatever else the portal has is a 404.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        match = ENTRANCE.fullmatch(request.path_info)
        school = match and School.objects.known_as(match["slug"])
        request.school = None
        if not school:
            return self.get_response(request)
        before, now = request.path_info[: match.end("slug")], f"/from/{school.slug}"
        if before != now:
            return sent_on(request, before, now)
        if not match["rest"]:
            return HttpResponsePermanentRedirect(f"{request.path}/")
        request.school = school
        return answer_under(now, match["rest"], request, self.get_response)


class OldAddressMiddleware:
    """Lead on from an old address that nothing answers; every page that there is costs nothing.

    It stands innermost, where the prefix of a school's entrance is known, and kept.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        old = OldAddress.objects.find(request.path_info, request.GET)
        if old is None:
            return response
        # Not for good: browsers would never ask again, whatever is changed here.
        return HttpResponseRedirect(get_script_prefix() + old.leads_to.removeprefix("/"))
