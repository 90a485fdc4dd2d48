from django.urls import register_converter
from django.urls.converters import StringConverter

from collab_site.core.pictures.renditions import WIDTHS


class PictureNameConverter(StringConverter):
    """A stored picture's name in an address, ``<picture:name>``: 32 hex digits and ``.webp``.

    That of a rendition has its width after the digits.
    """

    regex = rf"[0-9a-f]{{32}}(?:-(?:{'|'.join(map(str, WIDTHS))}))?\.webp"


register_converter(PictureNameConverter, "picture")
