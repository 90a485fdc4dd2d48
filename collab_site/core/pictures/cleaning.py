"""The one way in for pictures: every upload becomes a small, upright sRGB WebP, or is refused."""

import contextlib
import io
import logging
import secrets
import struct
import warnings

import pi_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps

from collab_site.core.pictures.memory import TooManyAtOnce, ceiling, one_at_a_time
from collab_site.core.pictures.structure import count_frames, count_scans

LONG_SIDE = 1600
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF")
# Only a decoder can count their frames. JPEG and HEIF may hold more pictures, but no frames.
ANIMATED_FORMATS = {"WEBP", "AVIF"}
# Their decoders take up to 17 bytes for a pixel, others 7 and fewer.
HEAVY_FORMATS = {"WEBP", "AVIF"}
# The mode, chroma and number of frames of a phone's photo; others may take 15 bytes.
PHONE_HEIF = ("RGB", 420, 1)
# The most that a JPEG can have. Each row of a picture takes memory, too.
LONGEST_SIDE = 65_535
STRIP_PIXELS = 1024**2
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
    "too_long": (
        "This picture is too long: one side has more than %(longest_side)d dots. "
        "Choose a part of it, or take a screenshot of it, and choose that."
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
    "busy": (
        "Many people are sending pictures just now. Wait for a minute, then choose yours again."
    ),
}

logger = logging.getLogger(__name__)

Image.init()
# Each thread takes memory, however many processors there are.
AvifImagePlugin.DEFAULT_MAX_THREADS = pi_heif.options.DECODE_THREADS = 2
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class CleanPicture(ContentFile):
    """What `clean_picture` made; it needs no second cleaning."""


def clean_picture(upload):
    """Return the picture in the open binary file `upload` as a `CleanPicture`, judged by content.

    The result is a WebP, upright, in sRGB, at most 1600 pixels on its long side, with nothing of
    the original but its pixels, under a random name of 32 hex digits and ``.webp``.
    Raises ValidationError, with one of the codes in `REFUSALS`.
    """
    try:
        with one_at_a_time():
            return CleanPicture(_encode(_decode(upload)), name=random_name())
    except ValidationError:
        raise
    except TooManyAtOnce as error:
        raise _refusal("busy") from error
    except Image.DecompressionBombError as error:
        raise _refusal("too_many_pixels") from error
    except Exception as error:  # Decoders raise whatever a broken file leads them to.
        logger.info("A picture could not be decoded", exc_info=True)
        raise _refusal("broken") from error


def random_name():
    """Return a new file name for a stored picture, with 128 random bits."""
    return f"{secrets.token_hex(16)}.webp"


def _refusal(code, pixels=None):
    params = {
        "megabytes": settings.PICTURE_MAX_BYTES // 1024**2,
        "millions": (pixels or settings.PICTURE_MAX_PIXELS) // 10**6,
        "longest_side": LONGEST_SIDE,
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


def _decode(upload):
    data = _read(upload)
    formats = [name for name in FORMATS if Image.OPEN[name][1](data[:16])]
    if not formats:
        raise _refusal(_foreign_kind(data))
    scans = count_scans(data) if "JPEG" in formats else 1
    frames = max(count_frames(kind, data) for kind in formats)
    with warnings.catch_warnings():
        # Pillow warns of much that does no harm, such as a camera's odd EXIF.
        warnings.simplefilter("ignore")
        # It fails from twice as many on, for WebP before it makes room for them.
        Image.MAX_IMAGE_PIXELS = settings.PICTURE_MAX_PIXELS // 2
        # Only its decoder sees how large the pixels of an AVIF really are.
        limits = ceiling() if "AVIF" in formats else contextlib.nullcontext()
        with limits, Image.open(io.BytesIO(data), formats=formats) as image:
            if image.format in ANIMATED_FORMATS:
                frames = image.n_frames
            _check_size(image, frames, scans)
            # Before anything that decodes: a JPEG can be decoded at a fraction of its size.
            image.draft(None, _fitted(image.size))
            return _in_srgb(_upright(_shrunk(image)))


def _check_size(image, frames, scans):
    pixels = image.width * image.height
    most = _most_pixels(image, scans)
    if pixels > most:
        raise _refusal("too_many_pixels", most)
    if pixels * frames > settings.PICTURE_MAX_PIXELS:
        raise _refusal("too_many_pixels")
    if max(image.size) > LONGEST_SIDE:
        raise _refusal("too_long")


def _most_pixels(image, scans):
    """Return how many pixels a picture like this may have, so that 350 MB are enough for it.

    Of a JPEG in several scans all is kept, which would take 300 MB for the 48 million of a phone.
    """
    most = settings.PICTURE_MAX_PIXELS
    if scans > 1 or "progressive" in image.info:
        return most // 2
    if image.format == "HEIF":
        chroma = image.info.get("chroma")
        is_heavy = (image.mode, chroma, image.n_frames) != PHONE_HEIF
    else:
        is_heavy = image.format in HEAVY_FORMATS
    return most * 2 // 5 if is_heavy else most


def _fitted(size):
    scale = min(1, LONG_SIDE / max(size))
    return tuple(max(1, round(side * scale)) for side in size)


def _plain(image):
    if image.mode.startswith("I"):
        # Pillow cuts 16-bit greys off at 255 instead of scaling them.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode != "RGBA" and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK", "RGBA") else image.convert("RGB")


def _shrunk(image):
    """Return `image` in one of the modes L, RGB, CMYK and RGBA, as small as it will be kept.

    It's made narrower strip by strip: a second copy of all its pixels could take 200 MB.
    """
    image.load()
    # Apart from its plugin, which might decode everything anew for each strip.
    pixels = image._new(image.im)
    width, height = _fitted(image.size)
    rows = max(1, STRIP_PIXELS // image.width)
    narrow = None
    for top in range(0, image.height, rows):
        strip = _plain(pixels.crop((0, top, image.width, min(top + rows, image.height))))
        strip = strip.resize((width, strip.height), Image.Resampling.LANCZOS, reducing_gap=2)
        narrow = narrow or Image.new(strip.mode, (width, image.height))
        narrow.paste(strip, (0, top))
    narrow.info = strip.info
    return narrow.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)


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
