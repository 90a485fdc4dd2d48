"""Turning a stored picture that lies on its side."""

import io

from PIL import Image

from collab_site.core.pictures.cleaning import QUALITY, CleanPicture, random_name

TURNS = {"left": Image.Transpose.ROTATE_90, "right": Image.Transpose.ROTATE_270}


def turned(picture, way):
    """Return the stored clean picture turned by a quarter, to the "left" or "right".

    Raises FileNotFoundError if its file is gone.
    """
    content = io.BytesIO()
    with picture.open("rb") as file, Image.open(file, formats=["WEBP"]) as image:
        image.transpose(TURNS[way]).save(content, "WEBP", quality=QUALITY, method=4)
    return CleanPicture(content.getvalue(), name=random_name())
