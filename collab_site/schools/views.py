from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.generic import TemplateView, View

from collab_site.pictures.views import PUBLIC, PictureView
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
    current = identity(request)["identity"]
    etag = f'"{current.icon_version}"'
    response = get_conditional_response(request, etag=etag) or _icon(current)
    for name, value in {**PUBLIC, "ETag": etag}.items():
        response[name] = value
    return response


def _icon(current):
    response = HttpResponse(current.icon, content_type="image/svg+xml")
    if current.logo:
        response["Content-Security-Policy"] = "default-src 'none'; img-src data:"
    return response


class LogoView(PictureView):
    """Serves the logo that is in use, and no other."""

    def find(self, name):
        """Return the logo's picture. Raises Http404 for any other name."""
        logo = identity(self.request)["identity"].logo
        if logo is None or logo.image_name != name:
            raise Http404
        return logo.image
