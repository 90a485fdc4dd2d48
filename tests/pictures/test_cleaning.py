import io
import re
import time
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from collab_site.core.pictures import cleaning
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.structure import count_frames
from tests.pictures import samples
from tests.pictures.samples import BLUE, MARKER, RED, drawing, is_near, saved, upload

WELCOME = {
    "JPEG": saved(drawing(), "JPEG"),
    "JPEG, lying on its side": samples.turned_jpeg(),
    "JPEG, progressive": saved(drawing(), "JPEG", progressive=True),
    "JPEG, CMYK": saved(drawing("CMYK"), "JPEG"),
    "JPEG with several pictures": samples.animation("MPO"),
    "PNG": saved(drawing(), "PNG"),
    "PNG, palette": saved(drawing("P"), "PNG"),
    "PNG with alpha": saved(drawing("RGBA"), "PNG"),
    "PNG, animated": samples.animation("PNG"),
    "WebP": saved(drawing(), "WEBP"),
    "WebP, animated": samples.animation("WEBP"),
    "GIF": saved(drawing(), "GIF"),
    "GIF, animated": samples.animation("GIF"),
    "AVIF": saved(drawing(), "AVIF"),
    "AVIF, animated": samples.animation("AVIF"),
}


def code_of(data):
    with pytest.raises(ValidationError) as refusal:
        clean_picture(upload(data))
    return refusal.value.code


@pytest.mark.parametrize("data", WELCOME.values(), ids=WELCOME)
def test_every_common_kind_becomes_an_upright_webp_with_its_colours(data):
    image = samples.pixels(clean_picture(upload(data)))

    assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("WEBP", (60, 40), 1)
    assert is_near(image.convert("RGB").getpixel((10, 20)), RED, 40)
    assert is_near(image.convert("RGB").getpixel((50, 20)), BLUE, 40)


def test_the_animated_samples_have_frames():
    for kind in ("JPEG with several pictures", "PNG, animated", "WebP, animated", "AVIF, animated"):
        assert samples.frame_count(WELCOME[kind]) == 3


def test_a_photo_from_an_iphone_becomes_a_webp():
    image = samples.pixels(clean_picture(upload(samples.HEIC, "IMG_0001.HEIC")))

    assert (image.format, image.size) == ("WEBP", (64, 64))
    assert is_near(image.getpixel((8, 32)), (30, 30, 200), 40)
    assert is_near(image.getpixel((56, 32)), (200, 30, 30), 40)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_as_a_browser_turns_it(orientation):
    image = Image.new("RGB", (64, 32), "white")
    image.paste("red", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = orientation

    turned = samples.pixels(clean_picture(upload(saved(image, "JPEG", exif=exif))))

    # Where the first row and the first column of the file belong: Exif 2.32, tag 0x0112.
    top, left = orientation in (1, 2, 5, 6), orientation in (1, 4, 5, 8)
    width, height = (64, 32) if orientation < 5 else (32, 64)
    corner = (8 if left else width - 8, 8 if top else height - 8)
    assert turned.size == (width, height)
    assert is_near(turned.getpixel(corner), RED, 60)


def test_sixteen_bit_greys_keep_their_brightness():
    dark, light = (
        samples.pixels(clean_picture(upload(saved(samples.grey_16_bit(value), "PNG"))))
        for value in (0x4000, 0xC000)
    )
    assert is_near(dark.getpixel((4, 4)), (0x40,) * 3)
    assert is_near(light.getpixel((4, 4)), (0xC0,) * 3)


def test_black_and_white_stays_black_and_white():
    image = Image.new("1", (16, 16), 1)
    image.paste(0, (0, 0, 8, 16))

    cleaned = samples.pixels(clean_picture(upload(saved(image, "PNG"))))

    assert is_near(cleaned.getpixel((2, 8)), (0, 0, 0))
    assert is_near(cleaned.getpixel((13, 8)), (255, 255, 255))


SEE_THROUGH = {
    "PNG": saved(samples.transparent("RGBA"), "PNG"),
    "PNG, grey": saved(samples.transparent("LA"), "PNG"),
    "PNG, palette": saved(samples.transparent("RGBA").quantize(), "PNG"),
    "PNG, one colour": saved(drawing(), "PNG", transparency=BLUE),
    "WebP": saved(samples.transparent("RGBA"), "WEBP"),
    "AVIF": saved(samples.transparent("RGBA"), "AVIF"),
    "GIF": saved(samples.transparent("RGBA"), "GIF"),
}


@pytest.mark.parametrize("data", SEE_THROUGH.values(), ids=SEE_THROUGH)
def test_what_can_be_seen_through_stays_so(data):
    cleaned = samples.pixels(clean_picture(upload(data)))

    assert cleaned.mode == "RGBA"
    assert cleaned.getpixel((10, 20))[3] == 255
    assert cleaned.getpixel((50, 20))[3] == 0


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_of_another_profile_are_turned_into_srgb(mode):
    data = saved(drawing(mode), "PNG", icc_profile=samples.swapped_profile())

    cleaned = samples.pixels(clean_picture(upload(data))).convert("RGB")

    assert is_near(cleaned.getpixel((10, 20)), (0, 255, 0), 20)
    assert is_near(cleaned.getpixel((50, 20)), BLUE, 20)


@pytest.mark.parametrize("profile", [b"no profile", samples.swapped_profile()[:-200]])
def test_a_broken_profile_is_ignored(profile):
    data = saved(drawing(), "JPEG", icc_profile=profile)

    assert is_near(samples.pixels(clean_picture(upload(data))).getpixel((10, 20)), RED, 40)


def test_broken_exif_is_ignored():
    data = saved(drawing(), "JPEG", exif=b"Exif\0\0MM\0*" + b"\xff" * 40)

    assert samples.pixels(clean_picture(upload(data))).size == (60, 40)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3200, 1000), (1600, 500)),
        ((1000, 3200), (500, 1600)),
        ((1600, 9), (1600, 9)),
        ((5001, 2), (1600, 1)),
        ((1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_long_side_is_at_most_1600_pixels(kind, size, expected):
    data = saved(Image.new("RGB", size), kind)

    assert samples.pixels(clean_picture(upload(data))).size == expected


def test_a_photo_on_its_side_keeps_its_shape_when_it_is_made_smaller():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(Image.new("RGB", (6400, 3200)), "JPEG", exif=exif)

    assert samples.pixels(clean_picture(upload(data))).size == (800, 1600)


def test_a_large_photo_is_decoded_at_a_fraction_of_its_size(monkeypatch):
    decoded = []
    shrunk = cleaning._shrunk
    monkeypatch.setattr(
        cleaning, "_shrunk", lambda image: decoded.append(image.size) or shrunk(image)
    )

    clean_picture(upload(saved(Image.new("RGB", (6400, 4800)), "JPEG")))

    assert decoded == [(1600, 1200)]


@pytest.mark.parametrize(
    "data",
    [samples.jpeg_full_of_notes(), samples.png_full_of_notes(), samples.webp_full_of_notes()],
)
def test_nothing_of_the_original_but_its_pixels_is_kept(data):
    assert MARKER in data

    cleaned = clean_picture(upload(data)).read()

    assert MARKER not in cleaned
    assert not {b"EXIF", b"XMP ", b"ICCP"} & set(re.findall(rb"EXIF|XMP |ICCP", cleaned))
    assert len(cleaned) == int.from_bytes(cleaned[4:8], "little") + 8


def test_the_profile_is_not_kept():
    data = saved(drawing(), "PNG", icc_profile=samples.swapped_profile())

    assert "icc_profile" not in samples.pixels(clean_picture(upload(data))).info


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 5000, "ساعة🎈.svg", "..", "x\0y.png"])
def test_the_name_of_the_file_is_random_whatever_it_was(name):
    file = ContentFile(WELCOME["PNG"])
    file.name = name

    names = {clean_picture(file).name, clean_picture(file).name}

    assert len(names) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}\.webp", cleaned) for cleaned in names)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("photo.jpg", WELCOME["JPEG"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (SVG, "svg"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n' + SVG, "svg"),
        (SVG.decode().encode("utf-16"), "svg"),
        (b"%PDF-1.7\n%\xe2\xe3", "pdf"),
        (b"<!DOCTYPE html><html><body>" + SVG, "unsupported"),
        (ZIP.getvalue(), "unsupported"),
        (b"hello", "unsupported"),
        (saved(drawing(), "TIFF"), "unsupported"),
        (saved(drawing(), "BMP"), "unsupported"),
        (b"\0\0\0\x18ftypqt  " + bytes(100), "unsupported"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 9, "broken"),
        (b"GIF89a", "broken"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(9), "broken"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_own_advice(data, code):
    assert code_of(data) == code


@pytest.mark.parametrize("data", [*WELCOME.values(), samples.HEIC], ids=[*WELCOME, "HEIC"])
def test_half_a_file_is_refused(data):
    assert code_of(data[: len(data) // 3]) == "broken"


def test_every_refusal_says_what_to_do_next():
    long = samples.png_of(70_000, 1, channels=1)
    for data in (b"", SVG, b"%PDF-1", b"hello", b"GIF89a", samples.png_header(9000, 9000), long):
        with pytest.raises(ValidationError) as refusal:
            clean_picture(upload(data))
        assert re.search(r"[Cc]hoose", refusal.value.messages[0])
        assert "%" not in refusal.value.messages[0]


def test_a_file_that_is_too_large_is_refused_and_the_largest_is_not(settings):
    settings.PICTURE_MAX_BYTES = len(WELCOME["PNG"])

    assert clean_picture(upload(WELCOME["PNG"]))
    assert code_of(WELCOME["PNG"] + b"\0") == "too_large"


def gif_header(width, height):
    data = bytearray(WELCOME["GIF"])
    data[6:10] = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return bytes(data)


def heic_header(width, height):
    sizes = (64).to_bytes(4) * 2
    assert sizes in samples.HEIC
    return samples.HEIC.replace(sizes, width.to_bytes(4) + height.to_bytes(4))


@pytest.mark.parametrize(
    "data",
    [
        samples.png_header(10_000, 5_001),
        samples.png_header(2**31 - 1, 2**31 - 1),
        gif_header(10_000, 5_001),
        heic_header(10_000, 5_001),
    ],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(data):
    started = time.monotonic()

    assert code_of(data) == "too_many_pixels"
    assert time.monotonic() - started < 0.5


HEAVY = {
    "WebP": (WELCOME["WebP"], 2 / 5),
    "AVIF": (WELCOME["AVIF"], 2 / 5),
    "JPEG, progressive": (WELCOME["JPEG, progressive"], 1 / 2),
    "JPEG in several scans": (samples.jpeg_in_scans(60, 40), 1 / 2),
}


@pytest.mark.parametrize(("data", "share"), HEAVY.values(), ids=HEAVY)
def test_kinds_that_take_more_memory_may_have_fewer_pixels(data, share, settings):
    settings.PICTURE_MAX_PIXELS = int(60 * 40 / share)
    assert clean_picture(upload(data))
    settings.PICTURE_MAX_PIXELS -= 1
    assert code_of(data) == "too_many_pixels"


def test_a_heic_that_no_phone_makes_may_have_fewer_pixels(settings, monkeypatch):
    settings.PICTURE_MAX_PIXELS = 64 * 64
    assert clean_picture(upload(samples.HEIC))
    monkeypatch.setattr(cleaning, "PHONE_HEIF", ("RGB", 444, 1))
    assert code_of(samples.HEIC) == "too_many_pixels"


@pytest.mark.parametrize("size", [(65_536, 1), (1, 65_536)])
def test_a_picture_longer_than_any_photo_is_refused(size):
    assert code_of(samples.png_of(*size, channels=1)) == "too_long"
    assert clean_picture(upload(samples.png_of(*(side - 1 or 1 for side in size), channels=1)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_pixels_count_once_for_each_frame(kind, settings):
    data = samples.animation(kind, frames=3)
    settings.PICTURE_MAX_PIXELS = 3 * 60 * 40

    assert clean_picture(upload(data))
    settings.PICTURE_MAX_PIXELS -= 1
    assert code_of(data) == "too_many_pixels"


def test_the_further_pictures_of_a_phones_jpeg_do_not_count(settings):
    settings.PICTURE_MAX_PIXELS = 60 * 40

    assert clean_picture(upload(WELCOME["JPEG with several pictures"]))


def test_a_picture_as_large_as_allowed_is_taken(settings):
    settings.PICTURE_MAX_PIXELS = 60 * 40

    assert clean_picture(upload(WELCOME["PNG"]))


BOMB = zlib.compress(bytes(10**7))
BOMBS = {
    "a PNG text that unfolds": samples.png_with_chunks(samples.png_chunk(b"zTXt", b"a\0\0" + BOMB)),
    "many PNG profiles": samples.png_with_chunks(
        samples.png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(10**6))) * 2000
    ),
    "many PNG chunks": samples.png_with_chunks(samples.png_chunk(b"IDAT", b"") * 500_000),
    "many progressive scans": samples.jpeg_with_scans(100),
    "many JPEG segments": b"\xff\xd8" + b"\xff\xe1\0\2" * 2_000_000,
    "stray bytes in a JPEG": WELCOME["JPEG"][:20] + bytes(10_000_000) + WELCOME["JPEG"][20:],
    "many GIF comments": WELCOME["GIF"][:-1] + b"\x21\xfe" + b"\1A" * 5_000_000 + b"\0;",
    "a GIF without a frame": b"GIF89a" + bytes(10_000_000),
    "many GIF frames": b"GIF89a\1\0\1\0\0\0\0" + b",\0\0\0\0\1\0\1\0\0\2\0" * 500_000 + b";",
}


HEIF_BOMBS = {
    "a picture laid over itself": (b"hvc1\0", b"iovl\0", "made of others"),
    "items of many pixels": ((64).to_bytes(4) * 2, (20_000).to_bytes(4) * 2, "pixels"),
    "sizes that are not told": (b"iprp", b"free", "unpack"),
}


@pytest.mark.parametrize(("old", "new", "reason"), HEIF_BOMBS.values(), ids=HEIF_BOMBS)
@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_a_heic_that_would_be_decoded_again_and_again_is_refused(brand, old, new, reason):
    data = samples.HEIC.replace(b"ftypheic", b"ftyp" + brand)
    assert clean_picture(upload(data))
    assert old in data

    with pytest.raises(ValueError, match=reason):
        count_frames("HEIF", data.replace(old, new))
    assert code_of(data.replace(old, new)) == "broken"


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_file_made_to_keep_the_server_busy_is_refused_at_once(data):
    started = time.monotonic()

    assert code_of(data) == "broken"
    assert time.monotonic() - started < 1


def test_a_progressive_photo_with_ordinary_scans_is_no_bomb():
    assert clean_picture(upload(samples.jpeg_with_scans(10)))


def test_a_video_after_the_photo_is_cut_off():
    motion_photo = WELCOME["JPEG, progressive"] + b"\xff\xda\0\2" * 1000

    assert clean_picture(upload(motion_photo))
