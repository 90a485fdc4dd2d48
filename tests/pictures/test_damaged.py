"""Whatever is sent as a picture, it's cleaned or refused, and nobody meets a fault of ours."""

import logging
from random import Random

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from collab_site.core.pictures.cleaning import REFUSALS, clean_picture
from naming_contest.models import Idea
from tests.make import make_collaboration, make_contest, make_school
from tests.naming_contest.family import Family, photo
from tests.pictures import samples
from tests.pictures.samples import drawing, saved, transparent, upload

FILES = 1500
FORMS = 100
SAMPLES = [
    saved(drawing(), "JPEG", exif=Image.Exif(), comment=b"note"),
    saved(drawing(), "JPEG", progressive=True, icc_profile=samples.swapped_profile()),
    saved(drawing("CMYK"), "JPEG"),
    samples.turned_jpeg(),
    samples.jpeg_in_scans(60, 40),
    samples.animation("MPO"),
    samples.png_full_of_notes(),
    samples.animation("PNG"),
    saved(transparent("RGBA").quantize(), "PNG", icc_profile=samples.swapped_profile()),
    saved(samples.grey_16_bit(9), "PNG"),
    saved(drawing("1"), "PNG"),
    samples.webp_full_of_notes(),
    samples.webp_of(60, 40),
    samples.animation("WEBP"),
    samples.animation("GIF"),
    saved(transparent("RGBA"), "GIF"),
    saved(drawing(), "AVIF", exif=Image.Exif(), icc_profile=samples.swapped_profile()),
    saved(transparent("RGBA"), "AVIF"),
    samples.animation("AVIF"),
    samples.HEIC,
    b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    b"%PDF-1.7",
]
NUMBERS = [0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]


def damaged(random):
    """Return a sample with one to six kinds of damage, always the same from the same `random`."""
    data = bytearray(random.choice(SAMPLES))
    for _ in range(random.randint(1, 6)):
        random.choice(DAMAGES)(data, random)
    return bytes(data)


def flip_a_bit(data, random):
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def write_over(data, random):
    place = random.randrange(len(data) + 1)
    data[place : place + 8] = random.randbytes(random.randint(1, 8))


def lie_about_a_number(data, random):
    """Most sizes are told near the beginning, in two or four bytes."""
    width, place = random.choice([2, 4]), random.randrange(min(len(data), 400) + 1)
    number = random.choice(NUMBERS) % 256**width
    data[place : place + width] = number.to_bytes(width, random.choice(["big", "little"]))


def repeat_a_piece(data, random):
    start, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
    data[end:end] = data[start:end] * random.randint(1, 3)


def leave_a_piece_out(data, random):
    start = random.randrange(len(data) + 1)
    del data[start : start + random.randint(1, 64)]


def cut_off(data, random):
    del data[random.randrange(len(data) + 1) :]


def put_another_file_in(data, random):
    place = random.randrange(len(data) + 1)
    data[place:place] = random.choice(SAMPLES)[: random.randint(1, 400)]


DAMAGES = [
    flip_a_bit,
    write_over,
    lie_about_a_number,
    repeat_a_piece,
    leave_a_piece_out,
    cut_off,
    put_another_file_in,
]


def test_a_damaged_file_is_cleaned_or_refused_and_nothing_else(caplog):
    caplog.set_level(logging.CRITICAL)
    cleaned, codes = 0, set()
    for seed in range(FILES):
        try:
            picture = clean_picture(upload(damaged(Random(seed))))
        except ValidationError as refusal:
            codes.add(refusal.code)
        else:
            cleaned += 1
            with samples.pixels(picture) as image:
                assert image.format == "WEBP", seed
                assert not {"exif", "xmp", "icc_profile"} & image.info.keys(), seed
    assert codes <= REFUSALS.keys()
    assert FILES / 10 < cleaned < FILES * 9 / 10


@pytest.mark.django_db
def test_a_damaged_file_in_the_form_is_sent_or_refused_and_nothing_else(client, settings):
    settings.SUGGESTION_MIN_SECONDS, settings.SUGGESTIONS_PER_HOUR = 0, 10**6
    make_collaboration()
    make_contest()
    school = make_school()
    sent = 0
    for seed in range(FORMS):
        family = Family(client, school)
        answer = family.send({"logo": photo(damaged(Random(-1 - seed)), f"{seed}.heic")})
        assert answer.status_code in (200, 302), seed
        sent += answer.status_code == 302
    assert 0 < sent == Idea.objects.exclude(logo="").count()
