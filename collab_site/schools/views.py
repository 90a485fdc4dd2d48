from django.http import HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView, View

from collab_site.schools.context import identity

A_YEAR = 365 * 24 * 3600


class SchoolsView(TemplateView):
    template_name = "schools/schools.html"


class ColoursView(View):
    """The identity's colours as a style sheet. Its address changes with them, so it may be kept."""

    def get(self, request, version):
        current = identity(request)["identity"]
        response = HttpResponse(current.colours, content_type="text/css")
        fresh = version == current.version
        response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if fresh else "no-cache"
        return response


def favicon(request):
    """The collaboration's sign as the browser's small icon."""
    response = render(request, "schools/favicon.svg", content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    return response
