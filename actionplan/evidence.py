"""Pictures and PDFs that are evidence, served to those who may see them."""

import posixpath
from contextlib import suppress

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.text import slugify
from django.views import View

from actionplan.models import Evidence
from collab_site.core.pictures.views import PRIVATE, PictureView, with_headers


class DocumentNameConverter(StringConverter):
    """A stored PDF's name in an address, ``<document:name>``: 32 hex digits and ``.pdf``."""

    regex = r"[0-9a-f]{32}\.pdf"


register_converter(DocumentNameConverter, "document")


class EvidencePictureView(View):
    """A picture of work: for everybody, or only for staff."""

    def get(self, request, name):
        """Serve it to everybody if everybody may see it, else to staff alone."""
        with suppress(Http404):
            return PictureView.as_view(queryset=Evidence.objects.shown())(request, name=name)
        rows = Evidence.objects.shown(to_staff=_is_staff(request))
        return PictureView.as_view(queryset=rows, cache="private")(request, name=name)


class EvidenceDocumentView(View):
    """A report or presentation, only ever as a download."""

    def get(self, request, name):
        """Serve the PDF to those who may see it."""
        return serve_document(Evidence.objects.shown(to_staff=_is_staff(request)), name)


def serve_document(rows, name):
    """Return the PDF of that one of the evidence `rows` that has it, as a download; else 404."""
    found = get_object_or_404(rows, document=posixpath.join("evidence", name))
    try:
        file = found.document.open("rb")
    except FileNotFoundError as error:
        raise Http404("There is no such document.") from error
    # Whatever somebody has typed may not reach a header or a file system as it stands.
    filename = f"{slugify(found, allow_unicode=True) or found.kind}.pdf"
    response = FileResponse(
        file, as_attachment=True, filename=filename, content_type="application/pdf"
    )
    return with_headers(response, PRIVATE)


def _is_staff(request):
    return request.user.has_perm("actionplan.view_update")
