"""The one way in for pictures: every upload becomes a small, upright sRGB WebP, or is refused."""

import contextlib
import io
import logging
import secrets
import struct
import threading
import warnings

import pi_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms, ImageOps

from collab_site.pictures.structure import count_frames

LONG_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
# Only a decoder can count their frames. JPEG and HEIF may hold more pictures, but no frames.
ANIMATED_FORMATS = {"WEBP", "AVIF"}
# Its decoder keeps two canvases of its own: at 50 million pixels it would take 800 MB.
HEAVY_FORMATS = {"WEBP"}
SRGB = ImageCms.createProfile("sRGB")

REFUSALS = {
    "empty": "This file is empty. Choose the picture again, or choose another one.",
    "too_large": (
        "This file is larger than %(megabytes)d MB. "
        "Choose a smaller picture, or take a screenshot of it and choose that."
    ),
    "too_many_pixels": (
        "This picture is too big: it has more than %(millions)d million dots. "
        "Make it smaller, or take a screenshot of it, and choose that."
    ),
    "svg": (
        "This is an SVG drawing, which we cannot show. "
        "Save it as a PNG, or take a screenshot of it, and choose that."
    ),
    "pdf": (
        "This is a PDF, not a picture. "
        "Take a screenshot of the page, or save it as a PNG, and choose that."
    ),
    "unsupported": (
        "This file is not a picture that we can show. "
        "Choose a photo, or a picture saved as JPEG or PNG."
    ),
    "broken": (
        "We cannot open this picture. It may be damaged. "
        "Save it again as JPEG or PNG, or take a screenshot of it, and choose that."
    ),
}

logger = logging.getLogger(__name__)
# Decoding 50 million pixels takes hundreds of MB, so a process decodes one picture at a time.
one_at_a_time = threading.Lock()

Image.init()
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class CleanPicture(ContentFile):
    """What `clean_picture` made; it needs no second cleaning."""


def clean_picture(upload):
    """Return the picture in the open binary file `upload` as a `CleanPicture`, judged by content.

    The result is a WebP, upright, in sRGB, at most 1600 pixels on its long side, with nothing of
    the original but its pixels, under a random name of 32 hex digits and ``.webp``.
    Raises ValidationError, with one of the codes in `REFUSALS`.
    """
    data = _read(upload)
    formats = [name for name in FORMATS if Image.OPEN[name][1](data[:16])]
    if not formats:
        raise _refusal(_foreign_kind(data))
    try:
        with one_at_a_time:
            image = _decode(data, formats)
        content = _encode(image)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refusal("too_many_pixels") from error
    except Exception as error:  # Decoders raise whatever a broken file leads them to.
        logger.info("A picture could not be decoded", exc_info=True)
        raise _refusal("broken") from error
    return CleanPicture(content, name=random_name())


def random_name():
    """Return a new file name for a stored picture, with 128 random bits."""
    return f"{secrets.token_hex(16)}.webp"


def _refusal(code, pixels=None):
    params = {
        "megabytes": settings.PICTURE_MAX_BYTES // 1024**2,
        "millions": (pixels or settings.PICTURE_MAX_PIXELS) // 10**6,
    }
    return ValidationError(REFUSALS[code], code=code, params=params)


def _read(upload):
    upload.seek(0)
    data = upload.read(settings.PICTURE_MAX_BYTES + 1)
    if not data:
        raise _refusal("empty")
    if len(data) > settings.PICTURE_MAX_BYTES:
        raise _refusal("too_large")
    return data


def _foreign_kind(data):
    head = data[:4096].replace(b"\0", b"").lower()
    if b"%pdf-" in head[:1024]:
        return "pdf"
    return "svg" if b"<svg" in head and b"<html" not in head else "unsupported"


def _decode(data, formats):
    with warnings.catch_warnings():
        # Pillow warns of much that does no harm, such as a camera's odd EXIF.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = settings.PICTURE_MAX_PIXELS
        frames = count_frames(formats[0], data)
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if image.format in ANIMATED_FORMATS:
                frames = image.n_frames
            _check_pixels(image, frames)
            # Before anything that decodes: a JPEG can be decoded at a fraction of its size.
            image.draft(None, _fitted(image.size))
            return _in_srgb(_upright(_shrunk(_plain(image))))


def _check_pixels(image, frames):
    most, pixels = settings.PICTURE_MAX_PIXELS, image.width * image.height
    if image.format in HEAVY_FORMATS and pixels > most // 2:
        raise _refusal("too_many_pixels", most // 2)
    if pixels * frames > most:
        raise _refusal("too_many_pixels")


def _fitted(size):
    scale = min(1, LONG_SIDE / max(size))
    return tuple(max(1, round(side * scale)) for side in size)


def _plain(image):
    """Return `image` in one of the modes that can be made smaller: L, RGB, CMYK or RGBA."""
    if image.mode.startswith("I"):
        # Pillow cuts 16-bit greys off at 255 instead of scaling them.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK", "RGBA") else image.convert("RGB")


def _shrunk(image):
    image.thumbnail(_fitted(image.size), Image.Resampling.LANCZOS)
    return image


def _upright(image):
    # Unreadable EXIF doesn't say which way is up, and is no reason to refuse a picture.
    with contextlib.suppress(OSError, SyntaxError, TypeError, ValueError, struct.error):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _in_srgb(image):
    colours = image.convert("RGB") if image.mode == "RGBA" else image
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        result = ImageCms.profileToProfile(colours, profile, SRGB, outputMode="RGB")
    except (KeyError, OSError, TypeError, ValueError, ImageCms.PyCMSError):
        result = colours.convert("RGB")
    if image.mode == "RGBA":
        result.putalpha(image.getchannel("A"))
    return result


def _encode(image):
    image.info.clear()
    content = io.BytesIO()
    image.save(content, "WEBP", quality=QUALITY, method=4)
    return content.getvalue()
