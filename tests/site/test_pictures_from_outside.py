"""What a stranger may send as a picture, and what is kept of it."""

import os
import re
import struct

import pytest
from PIL import Image, PngImagePlugin

from tests.pictures import samples
from tests.pictures.samples import MARKER, drawing, saved
from tests.site.portal import Sender
from tests.site.test_sending_from_outside import is_stored, number_of_ideas, problems, typed

NAME = re.compile(r"[0-9a-f]{32}\.webp")
KEPT_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


def exif():
    notes = Image.Exif()
    notes[0x010E] = MARKER.decode()
    notes[0x8825] = {1: "N", 2: (53.0, 8.0, 12.0), 29: MARKER.decode()}
    return notes


def notes(**further):
    profile = samples.swapped_profile().replace(b"sRGB", MARKER[:4])
    return {"exif": exif(), "xmp": MARKER, "icc_profile": profile} | further


def png_notes():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", MARKER.decode(), zip=False)
    texts.add_itxt("XML:com.adobe.xmp", MARKER.decode())
    return {"pnginfo": texts, "exif": exif(), "icc_profile": samples.swapped_profile()}


KINDS = {
    "JPEG": saved(drawing(), "JPEG", **notes(comment=MARKER)),
    "JPEG, progressive": saved(drawing(), "JPEG", progressive=True, **notes()),
    "JPEG, CMYK": saved(drawing("CMYK"), "JPEG", comment=MARKER),
    "JPEG with several pictures": samples.animation("MPO"),
    "PNG": saved(drawing("RGBA"), "PNG", **png_notes()),
    "PNG, 16-bit": saved(samples.grey_16_bit(0x8000), "PNG", pnginfo=png_notes()["pnginfo"]),
    "PNG, 1-bit": saved(drawing("1"), "PNG", pnginfo=png_notes()["pnginfo"]),
    "PNG, palette": saved(drawing("P"), "PNG", pnginfo=png_notes()["pnginfo"]),
    "WebP": saved(drawing(), "WEBP", **notes()),
    "WebP, animated": samples.animation("WEBP"),
    "GIF": saved(drawing(), "GIF", comment=MARKER),
    "AVIF": saved(drawing(), "AVIF", **notes()),
    "HEIC": samples.HEIC,
}


def parts(webp):
    """Return the names of a WebP's parts; they take up all of it."""
    assert webp[:4] + webp[8:12] == b"RIFFWEBP"
    assert struct.unpack("<I", webp[4:8])[0] + 8 == len(webp)
    names, place = set(), 12
    while place < len(webp):
        names.add(webp[place : place + 4])
        size = struct.unpack("<I", webp[place + 4 : place + 8])[0]
        place += 8 + size + size % 2
    return names


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_nothing_but_the_pixels_of_any_kind_is_kept(sender, data):
    data += MARKER
    before = set(sender.portal.pictures())

    assert is_stored(sender.send(picture=data, file_name=f"{MARKER.decode()}.svg"))

    [picture] = set(sender.portal.pictures()) - before
    stored = picture.read_bytes()
    assert NAME.fullmatch(picture.name)
    assert parts(stored) <= KEPT_PARTS
    assert MARKER not in stored
    with Image.open(picture) as image:
        assert (image.format, image.getexif(), "icc_profile" in image.info) == ("WEBP", {}, False)


NAMES = {
    "long": b"a" * 5000 + b".jpg",
    "a path": b"../../../../portal.sqlite3",
    "Windows's path": b"C:\\Users\\Sam Smith\\me.jpg",
    "another script": "ساعة🎈.jpg".encode(),
    "no text": b"\xff\xfe\x80.jpg",
    "NUL": b"a\0.jpg",
    "a program": b"shell.php",
    "empty": b"",
    "quoted": b'a\\"b\\".jpg',
    "hidden": b".htaccess",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_senders_file_name_is_used_nowhere(sender, name):
    answer = sender.send({"name": "Oaks"}, KINDS["PNG"], file_name=name)

    assert is_stored(answer) or answer.status == 400
    pictures = sender.portal.pictures()
    assert all(NAME.fullmatch(path.name) for path in pictures)
    assert {path.stat().st_mode & 0o177 for path in pictures} == {0}
    folders = {path.name for path in sender.portal.data_dir.glob("pictures/*") if path.is_dir()}
    assert folders <= {"ideas", "held"}


STRANGE = {
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "Save it as a PNG"),
    "PDF": (b"%PDF-1.7", "Take a screenshot"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", "Choose a photo"),
    "a program": (b"\x7fELF" + bytes(100), "Choose a photo"),
    "TIFF": (saved(drawing(), "TIFF"), "Choose a photo"),
    "nothing": (b"", "Choose the picture again"),
    "half a picture": (KINDS["PNG"][:200], "It may be damaged"),
    "too many pixels": (samples.png_header(10_000, 5_001), "more than 50 million dots"),
    "too many pixels in a WebP": (samples.webp_of(5000, 5000), "more than 20 million dots"),
    "too long": (samples.png_of(70_000, 1, channels=1), "too long"),
    "somewhat too large": (KINDS["PNG"] + bytes(2 * 1024**2), "larger than 2 MB"),
    "too many scans": (samples.jpeg_with_scans(100), "It may be damaged"),
    "a lie about its size": (samples.LYING_AVIF, "It may be damaged"),
}


@pytest.mark.parametrize(("data", "advice"), STRANGE.values(), ids=STRANGE)
def test_what_cannot_be_shown_is_refused_with_advice_and_the_rest_is_kept(sender, data, advice):
    number, pictures = number_of_ideas(sender.portal), sender.portal.pictures()
    answer = sender.send({"name": "Oaks"}, data)

    assert answer.status == 200
    [problem] = problems(answer)
    assert advice in problem
    assert typed(answer, "name") == "Oaks"
    assert (number_of_ideas(sender.portal), sender.portal.pictures()) == (number, pictures)
    assert is_stored(sender.send())


def most_megabytes(portal, name):
    """Return the MB that the workers of a portal have, or have had ("VmHWM"), at most."""
    found = []
    for pid in portal.workers():
        with open(f"/proc/{pid}/status") as status:
            found.append(int(re.search(rf"{name}:\s+(\d+)", status.read())[1]) / 1024)
    return max(found)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="only Linux tells it")
def test_a_phones_photo_and_a_worse_one_leave_the_portal_small(sending_portal, sender):
    photo = saved(Image.new("RGB", (8000, 6000)), "JPEG")
    idle = most_megabytes(sending_portal, "VmHWM")

    assert is_stored(sender.send(picture=photo))
    assert most_megabytes(sending_portal, "VmHWM") - idle < 64
    assert is_stored(Sender(sending_portal).send(picture=samples.webp_of(4472, 4472)))
    assert most_megabytes(sending_portal, "VmHWM") < 512
    assert most_megabytes(sending_portal, "VmRSS") < idle + 64


def test_nobody_sees_a_picture_that_nobody_has_approved(sending_portal, sender):
    assert is_stored(sender.send(picture=KINDS["PNG"]))
    [(name, number)] = sending_portal.rows(
        "SELECT logo, id FROM naming_contest_idea ORDER BY id DESC LIMIT 1"
    )
    address = f"/name-us/{name.replace('ideas', 'pictures')}"

    places = [address, f"/{name}", f"/media/{name}", f"/pictures/{name}", f"/static/{name}"]
    for place in places:
        assert sending_portal.ask(place).status == 404
    for status, seen in (("approved", 200), ("declined", 404), ("waiting", 404)):
        decided = "NULL" if status == "waiting" else "CURRENT_TIMESTAMP"
        sending_portal.rows(
            f"UPDATE naming_contest_idea SET status = '{status}', decided_at = {decided} "
            f"WHERE id = {number}"
        )
        assert sending_portal.ask(address).status == seen


def test_a_held_picture_is_for_its_sender_alone(sender):
    shown = sender.send({"adult_agreed": ""}, KINDS["PNG"])
    [address] = re.findall(r'<img src="(/name-us/suggest/picture/[^"]+)"', shown.text)
    answer = sender.portal.ask(address)

    assert len(re.search(r"picture/([\w-]+)/", address)[1]) * 6 >= 128
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert is_stored(sender.send({"adult_agreed": "on"}))
    assert sender.portal.ask(address).status == 404
