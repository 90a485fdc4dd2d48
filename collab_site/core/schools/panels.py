"""Panels: small pages for a frame on a school's own site, and the script that fits the frame."""

import hashlib
from pathlib import Path

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

from collab_site.core.pictures.views import conditional_response

AN_HOUR = 3600
SCRIPT = "text/javascript; charset=utf-8"


class PanelMixin:
    """A page that only the sites which the entrance's school lists may show in a frame.

    It sets no cookie and has no form; without a school's entrance it is a 404.
    """

    # How high the frame has to be, in CSS pixels, where no script on the host page says so.
    height = None

    def dispatch(self, request, *args, **kwargs):
        """Answer with the headers that let those sites, and nobody else, frame it."""
        if request.school is None:
            raise Http404("Panels are a school's own.")
        framed = csp_replace({"frame-ancestors": request.school.origins or [NONE]})
        response = xframe_options_exempt(framed(super().dispatch))(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["X-Robots-Tag"] = "noindex"
        return response


def panels_script(request):
    """Serve the script with which a host page gives each panel just the height that it needs.

    Its address is written into pages of other sites, so it stays the same when the script changes.
    """
    script = Path(finders.find("js/panels.js")).read_bytes()
    version = hashlib.sha256(script).hexdigest()[:20]
    response = conditional_response(
        request, version, lambda: HttpResponse(script, content_type=SCRIPT)
    )
    response["Cache-Control"] = f"public, max-age={AN_HOUR}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
