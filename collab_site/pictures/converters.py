from django.urls import register_converter
from django.urls.converters import StringConverter


class PictureNameConverter(StringConverter):
    """A stored picture's name in an address, ``<picture:name>``: 32 hex digits and ``.webp``."""

    regex = r"[0-9a-f]{32}\.webp"


register_converter(PictureNameConverter, "picture")
