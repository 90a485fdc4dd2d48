"""Pictures made for the tests: the left half red, the right half blue, unless said otherwise."""

import io
import struct
import zlib
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

RED, BLUE = (255, 0, 0), (0, 0, 255)
MARKER = b"Kept-From-The-Original"
# 64 × 64 pixels, blue to the left and red to the right.
HEIC = (Path(__file__).parent / "sample.heic").read_bytes()
# 8064 × 6048 pixels of one colour, in tiles as a phone makes them.
LARGE_HEIC = (Path(__file__).parent / "large.heic").read_bytes()
# 4472 × 4472 pixels of one colour, with alpha and all of its chroma.
LARGE_AVIF = (Path(__file__).parent / "large.avif").read_bytes()
# It says that it has 60 × 40 pixels, and has 16384 × 16384.
LYING_AVIF = (Path(__file__).parent / "lying.avif").read_bytes()


def drawing(mode="RGB", size=(60, 40)):
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def upload(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def turned_jpeg(orientation=6):
    """A drawing that lies on its side, with the EXIF note of how to turn it upright."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(drawing().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


def animation(kind, frames=3, size=(60, 40)):
    following = [Image.new("RGB", size, (0, 80 * number, 0)) for number in range(1, frames)]
    return saved(drawing(size=size), kind, save_all=True, append_images=following)


def transparent(mode):
    """A drawing whose right half can be seen through."""
    image = drawing("RGBA")
    image.paste((0, 0, 0, 0), (30, 0, 60, 40))
    return image.convert(mode)


def grey_16_bit(value):
    return Image.new("I;16", (8, 8), value)


def swapped_profile():
    """An ICC profile in which red means green and green means red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")


def jpeg_full_of_notes():
    exif = Image.Exif()
    exif[0x010E] = MARKER.decode()
    exif[0x8825] = {1: "N", 29: MARKER.decode()}
    return saved(drawing(), "JPEG", exif=exif, comment=MARKER, xmp=MARKER) + MARKER


def png_full_of_notes():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", MARKER.decode())
    notes.add_itxt("XML:com.adobe.xmp", MARKER.decode())
    return saved(drawing("RGBA"), "PNG", pnginfo=notes, exif=Image.Exif()) + MARKER


def webp_full_of_notes():
    return saved(drawing(), "WEBP", xmp=MARKER, exif=b"Exif\0\0" + MARKER)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"")


def png_of(width, height, *, channels):
    """A PNG of zeros with 1 (grey), 2 (and alpha), 3 (colours) or 4 channels of 8 bits."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    pixels = zlib.compress(bytes(height * (1 + width * channels)), 1)
    chunks = (b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def webp_of(width, height):
    """A WebP of one colour, in 38 bytes: the size of a single pixel's is changed."""
    data = bytearray(saved(Image.new("RGBA", (1, 1), RED), "WEBP", lossless=True))
    alpha_and_version = data[24] & 0xF0
    data[21:25] = (width - 1 | (height - 1) << 14).to_bytes(4, "little")
    data[24] |= alpha_and_version
    return bytes(data)


def png_with_chunks(*chunks):
    """A whole PNG with further chunks before its pixels."""
    data = saved(drawing(), "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def jpeg_with_scans(number):
    """A progressive JPEG whose last scan is repeated until it has `number` more."""
    data = saved(drawing(size=(64, 64)), "JPEG", progressive=True)
    last_scan = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last_scan * number + data[-2:]


def jpeg_segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg_in_scans(width, height):
    """A grey JPEG that isn't progressive and has a scan of its own for each of its colours."""
    colours = b"".join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    frame = struct.pack(">BHHB", 8, height, width, 3) + colours
    one_code = bytes([1]) + bytes(16)
    data = jpeg_segment(0xDB, b"\0" + b"\1" * 64) + jpeg_segment(0xC0, frame)
    data += jpeg_segment(0xC4, b"\x00" + one_code + b"\x10" + one_code)
    for number in (1, 2, 3):
        data += jpeg_segment(0xDA, bytes([1, number, 0, 0, 63, 0]))
        data += bytes(-(-width // 8) * -(-height // 8) // 4 + 1)
    return b"\xff\xd8" + data + b"\xff\xd9"


def pixels(content):
    """Return the cleaned picture, opened."""
    content.seek(0)
    return Image.open(io.BytesIO(content.read()))


def frame_count(data):
    return sum(1 for _ in ImageSequence.Iterator(Image.open(io.BytesIO(data))))


def is_near(pixel, colour, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=False))
