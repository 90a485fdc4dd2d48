"""The logo in the sizes and kinds that pages, icons and documents need."""

import base64
import io
from contextlib import suppress

from PIL import Image

from collab_site.core.pictures.cleaning import QUALITY, CleanPicture, random_name
from collab_site.core.schools.mark import sign_svg

# Enough for the largest place it stands in, and small enough for a telephone.
LONG_SIDE = 640
ICON_SIDE = 96


def smaller(picture, width, height, kind="PNG"):
    """Return a clean `picture` (an open-able file) as bytes, made to fit into width and height.

    It is never made larger. Raises FileNotFoundError if the picture is gone.
    """
    content = io.BytesIO()
    with picture.open("rb") as file, Image.open(file) as image:
        image.thumbnail((width, height), Image.Resampling.LANCZOS)
        image.save(content, kind, quality=QUALITY)
    return content.getvalue()


def logo_copy(picture):
    """Return a CleanPicture of its own with what `picture` shows, as large as a logo has to be."""
    return CleanPicture(smaller(picture, LONG_SIDE, LONG_SIDE, "WEBP"), name=random_name())


def sign_document(logo, colours, height=ICON_SIDE, widest=1):
    """Return the sign as one SVG document: the Logo, or without one the flower of `colours`.

    A logo's frame is `height` pixels high, and up to `widest` times as wide as that.
    """
    # Its family may have withdrawn it a moment ago.
    with suppress(FileNotFoundError):
        if logo:
            return _logo_svg(logo.image, height, widest)
    return sign_svg(colours)


def _logo_svg(picture, height, widest):
    data = smaller(picture, height * widest, height)
    with Image.open(io.BytesIO(data)) as image:
        width = round(height * min(max(image.width / image.height, 1), widest))
    encoded = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{encoded}"/></svg>'
    )
