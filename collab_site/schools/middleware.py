"""A school's entrance: /from/<school>/… is the page … with that school's greeting."""

from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect

from collab_site.schools.models import School
from collab_site.schools.prefixes import ENTRANCE, answer_under


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
        if school.slug != match["slug"]:
            # Not for good: the school may take its old address name back.
            before, now = f"/from/{match['slug']}", f"/from/{school.slug}"
            address = request.get_full_path().replace(before, now, 1)
            return HttpResponseRedirect(address, preserve_request=True)
        if not match["rest"]:
            return HttpResponsePermanentRedirect(f"{request.path}/")
        request.school = school
        return answer_under(f"/from/{school.slug}", match["rest"], request, self.get_response)
