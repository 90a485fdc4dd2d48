"""What pictures of the largest sizes take of a process's memory, each kind at its worst."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image

from collab_site.core.pictures import memory
from collab_site.core.pictures.cleaning import clean_picture
from tests.pictures import samples
from tests.pictures.samples import saved, upload

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells what a process takes"
)
PHONE = 8000, 6000
LARGEST = 7071, 7071
LARGEST_HEAVY = 4472, 4472
PROCESS = 512
JPEG = 64
KEPT = 32


class Taken(NamedTuple):
    """The process's MB, the peak being that since its start, and what came of a picture."""

    before: float
    peak: float
    after: float
    came: str


def after(data, size):
    """Return `data` with something after it, as phones put a video after the photo."""
    return data + bytes(size - len(data))


@pytest.fixture
def peaks(tmp_path):
    """Clean files one after the other in a process of their own; returns what each has Taken."""

    def measure(*files):
        for number, data in enumerate(files):
            (tmp_path / str(number)).write_bytes(data)
        paths = [str(tmp_path / str(number)) for number in range(len(files))]
        ran = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.pictures.peak", *paths],
            cwd=settings.BASE_DIR,
            env={"DJANGO_SETTINGS_MODULE": "collab_site.settings", "DATA_DIR": str(tmp_path)},
            capture_output=True,
            check=True,
            text=True,
        )
        return [
            Taken(float(before), float(peak), float(after), came)
            for before, peak, after, _, came in map(str.split, ran.stdout.splitlines())
        ]

    return measure


def test_a_phones_jpeg_takes_at_most_64_mb_more_than_an_idle_portal(peaks):
    photo = Image.effect_noise((1000, 750), 60).resize(PHONE).convert("RGB")
    turned = Image.Exif()
    turned[0x0112] = 6
    largest = settings.PICTURE_MAX_BYTES

    measured = peaks(
        after(saved(photo, "JPEG", quality=70, exif=turned), largest),
        after(saved(photo.convert("CMYK"), "JPEG", quality=70), largest),
        after(saved(photo, "MPO", save_all=True, append_images=[photo.reduce(8)]), largest),
    )

    assert [taken.came for taken in measured] == ["cleaned"] * 3
    assert max(taken.peak for taken in measured) - measured[0].before < JPEG


def test_no_picture_takes_a_process_to_512_mb_and_all_is_given_back(peaks):
    measured = peaks(
        samples.png_of(*LARGEST, channels=4),
        samples.webp_of(*LARGEST_HEAVY),
        samples.LARGE_AVIF,
        samples.LARGE_HEIC,
    )

    assert [taken.came for taken in measured] == ["cleaned"] * 4
    assert max(taken.peak for taken in measured) < PROCESS
    assert max(taken.after for taken in measured) - measured[0].before < KEPT


def test_what_a_file_hides_from_the_check_of_its_size_cannot_take_more(peaks):
    """Only its decoder sees how large the pixels of an AVIF are."""
    [taken] = peaks(samples.LYING_AVIF)

    assert taken.came == "broken"
    assert taken.peak < PROCESS


def is_busy():
    with pytest.raises(ValidationError) as refusal:
        clean_picture(upload(samples.webp_of(9, 9)))
    return refusal.value.code == "busy"


def test_those_who_wait_leave_threads_to_readers(monkeypatch):
    monkeypatch.setattr(memory, "_room", threading.BoundedSemaphore(1))
    begun = time.monotonic()

    with memory.one_at_a_time():
        assert is_busy()

    assert time.monotonic() - begun < 5
    assert clean_picture(upload(samples.webp_of(9, 9)))


def test_who_waits_for_too_many_others_is_told_so(monkeypatch):
    monkeypatch.setattr(memory, "PATIENCE_SECONDS", 0.01)

    with memory.one_at_a_time():
        assert is_busy()

    assert clean_picture(upload(samples.webp_of(9, 9)))
