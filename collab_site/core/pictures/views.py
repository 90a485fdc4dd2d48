import posixpath
from contextlib import suppress

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views import View

from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.renditions import original_name

# A picture may be taken down at any time, so each use asks again; mostly the answer is 304.
PUBLIC = {"Cache-Control": "public, no-cache"}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class PictureView(View):
    """Serves the picture ``<picture:name>`` if it belongs to a row of `queryset`; 404 otherwise.

    The name of a rendition gives that, or the picture itself if it is narrower or older than those.
    `queryset` is a QuerySet, or a function without arguments that returns one.
    `field` names its PictureField. `cache` is "public", or "private" for what not all may see.
    """

    queryset = None
    field = "image"
    cache = "public"

    def get(self, request, name):
        picture = self.find(original_name(name))
        if self.cache == "private":
            return private_picture(picture, name)
        # A name is never used again for another picture.
        response = conditional_response(request, name, lambda: _served(picture, name))
        return with_headers(response, PUBLIC)

    def find(self, name):
        """Return the picture of this name. Raises Http404."""
        rows = self.queryset() if callable(self.queryset) else self.queryset.all()
        folder = rows.model._meta.get_field(self.field).upload_to
        row = get_object_or_404(rows, **{self.field: posixpath.join(folder, name)})
        return getattr(row, self.field)


class HeldPictureView(View):
    """Serves the picture held under the secret ``<str:token>``; 404 once it has expired."""

    def get(self, request, token):
        held = HeldPicture.objects.fresh().by_token(token)
        if held is None:
            raise Http404
        return with_headers(_served(held.image), {**PRIVATE, "Referrer-Policy": "no-referrer"})


def private_picture(picture, name=None):
    """Return the answer with a stored picture that not all may see; 404 if its file is gone."""
    return with_headers(_served(picture, name), PRIVATE)


def _served(picture, name=None):
    """Answer with a picture, or with its rendition of this `name`, if there is one."""
    name = posixpath.join(posixpath.dirname(picture.name), name) if name else picture.name
    for stored in (name, picture.name):
        with suppress(FileNotFoundError):
            return FileResponse(picture.storage.open(stored, "rb"), content_type="image/webp")
    raise Http404


def with_headers(response, headers):
    """Return `response`, a file that somebody has sent, with `headers` and leave to do nothing."""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return set_headers(response, headers)


def set_headers(response, headers):
    """Return `response` with each of `headers`, {name: value}."""
    for name, value in headers.items():
        response[name] = value
    return response


def conditional_response(request, version, make):
    """Return 304 if the reader has this version, a text, or what `make()` answers with it."""
    etag = f'"{version}"'
    response = get_conditional_response(request, etag=etag) or make()
    response["ETag"] = etag
    return response
