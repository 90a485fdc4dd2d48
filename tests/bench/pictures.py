"""Cleans one picture and prints the seconds of work, and the MiB at its peak above idle.

Run as `python -m tests.bench.pictures cleaned|naive FILE`, in a process of its own for each.
"""

import io
import re
import sys
import time
from pathlib import Path

from django.urls import get_resolver
from PIL import Image, ImageOps

import collab_site.wsgi  # noqa: F401 - an idle portal has been set up
from collab_site.core.pictures.cleaning import LONG_SIDE, QUALITY, clean_picture


def cleaned(file):
    clean_picture(file)


def naive(file):
    """Do what is written first: decode all of it, then make it small."""
    with Image.open(file) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    upright.save(io.BytesIO(), "WEBP", quality=QUALITY, method=4)


def mebibytes(name):
    return int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


def main(way, path):
    # An idle portal has imported all its pages.
    assert get_resolver().url_patterns
    idle, begun = mebibytes("VmRSS"), time.process_time()
    with open(path, "rb") as file:
        way(file)
    print(time.process_time() - begun, mebibytes("VmHWM") - idle)


if __name__ == "__main__":
    main({"cleaned": cleaned, "naive": naive}[sys.argv[1]], sys.argv[2])
