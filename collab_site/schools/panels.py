"""Panels: small pages for a frame on a school's own site."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404
from django.views.decorators.clickjacking import xframe_options_exempt


class PanelMixin:
    """A page that only the sites which the entrance's school lists may show in a frame.

    It sets no cookie and has no form; without a school's entrance it is a 404.
    """

    def dispatch(self, request, *args, **kwargs):
        """Answer with the headers that let those sites, and nobody else, frame it."""
        if request.school is None:
            raise Http404("Panels are a school's own.")
        framed = csp_replace({"frame-ancestors": request.school.origins or [NONE]})
        response = xframe_options_exempt(framed(super().dispatch))(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["X-Robots-Tag"] = "noindex"
        return response
