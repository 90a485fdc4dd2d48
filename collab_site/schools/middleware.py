"""A school's entrance: /from/<school>/… is the page … with that school's greeting."""

import re

from django.http import HttpResponsePermanentRedirect

from collab_site.schools.models import School
from collab_site.schools.prefixes import answer_under

ENTRANCE = re.compile(r"/from/(?P<slug>[-\w]+)(?P<rest>/.*)?", re.ASCII | re.DOTALL)


class EntranceMiddleware:
    """Take the entrance off the path, and make every {% url %} keep it.

    Only public pages are there under an entrance: whatever else the portal has is a 404.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.school = None
        match = ENTRANCE.fullmatch(request.path_info)
        school = match and School.objects.filter(slug=match["slug"]).first()
        if not school:
            return self.get_response(request)
        if not match["rest"]:
            return HttpResponsePermanentRedirect(f"{request.path}/")
        request.school = school
        return answer_under(f"/from/{school.slug}", match["rest"], request, self.get_response)
