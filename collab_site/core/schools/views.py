from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from collab_site.core.pictures.views import PUBLIC, PictureView, conditional_response, set_headers
from collab_site.core.schools.context import identity
from collab_site.core.schools.sharing import kept_share_png, share_address

FOR_GOOD = f"public, max-age={365 * 24 * 3600}, immutable"


class SchoolsView(TemplateView):
    template_name = "schools/schools.html"


class ColoursView(View):
    """The identity's colours as a style sheet; an earlier one's address leads to it.

    Its address changes with it, so it may be kept.
    """

    def get(self, request, version):
        current = identity(request)["identity"]
        if version != current.version:
            response = redirect("colours", current.version)
            response["Cache-Control"] = "no-cache"
            return response
        response = HttpResponse(current.colours, content_type="text/css")
        response["Cache-Control"] = FOR_GOOD
        return response


class SharePictureView(View):
    """The picture that other sites show with a shared page; an earlier one's address leads to it.

    Its address changes with it, so it may be kept, but for a logo that its family may withdraw.
    """

    def get(self, request, version):
        current = identity(request)["identity"]
        if version != current.share_version:
            response = redirect(share_address(current))
            response["Cache-Control"] = "no-cache"
            return response
        response = conditional_response(request, version, lambda: _share_picture(current))
        response["Cache-Control"] = PUBLIC["Cache-Control"] if current.logo else FOR_GOOD
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def favicon(request):
    """The collaboration's sign as the browser's small icon."""
    current = identity(request)["identity"]
    response = conditional_response(request, current.icon_version, lambda: _icon(current))
    return set_headers(response, PUBLIC)


def _share_picture(current):
    return HttpResponse(kept_share_png(current), content_type="image/png")


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
