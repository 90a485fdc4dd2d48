from django.urls import register_converter


class PictureNameConverter:
    """A stored picture's name in an address, ``<picture:name>``: 32 hex digits and ``.webp``."""

    regex = r"[0-9a-f]{32}\.webp"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(PictureNameConverter, "picture")
