"""Narrower copies of a stored picture, beside it under names of their own: `…-400.webp`.

They are made with the picture, before any row names it, so that nobody ever waits for one or makes
it a second time.
"""

import io
import re

from django.core.files.base import ContentFile
from PIL import Image

from collab_site.core.pictures.cleaning import QUALITY

# The picture itself, at most 1600 wide, is the third.
WIDTHS = (400, 800)
SUFFIX = re.compile(rf"-(?:{'|'.join(map(str, WIDTHS))})(?=\.webp\Z)")


def rendition_name(name, width):
    """Return the name of the rendition of this width of the picture with this name or address."""
    return f"{name.removesuffix('.webp')}-{width}.webp"


def original_name(name):
    """Return the name of the picture that `name`, its own or that of a rendition, belongs to."""
    return SUFFIX.sub("", name)


def widths_below(width):
    """Return the widths of the renditions that a picture of this width has."""
    return [narrower for narrower in WIDTHS if narrower < width]


def make_renditions(content):
    """Yield (width, file) of each rendition of the clean picture in the open file `content`."""
    content.seek(0)
    with Image.open(content, formats=["WEBP"]) as image:
        for width in widths_below(image.width):
            height = max(1, round(image.height * width / image.width))
            narrow = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
            file = io.BytesIO()
            narrow.save(file, "WEBP", quality=QUALITY, method=4)
            yield width, ContentFile(file.getvalue())
    content.seek(0)
