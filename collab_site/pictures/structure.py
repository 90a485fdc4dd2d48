"""Walks through the parts of a picture file before a decoder does.

A decoder spends time and memory on each part, however small: 20 MB of empty JPEG segments take
Pillow 8 seconds and 400 MB. Real pictures stay far below these limits.
"""

import re

JPEG_MAX_SEGMENTS = 500
# A progressive photo has about 10 scans; each takes 30 ms at 48 megapixels, even an empty one.
JPEG_MAX_SCANS = 30
# Pillow goes through bytes that belong to no segment one by one.
JPEG_MAX_STRAY_BYTES = 4096
PNG_MAX_CHUNKS = 20_000
PNG_MAX_OTHER_CHUNKS = 500
GIF_MAX_BLOCKS = 100_000

# ITU-T T.81, table B.1. Restart markers and stuffed zeros are part of a scan's data.
JPEG_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
JPEG_WITH_LENGTH = {*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE} - {0xC8}

PNG_FRAME = b"fcTL"
PNG_PICTURE = {b"IDAT", b"fdAT", PNG_FRAME}

GIF_EXTENSION = b"!"
GIF_FRAME = b","


def count_frames(kind, data):
    """Return how many frames the file `data` has; 1 if its `kind`, in Pillow's words, isn't walked.

    Raises ValueError or IndexError if the parts don't fit together or are too many.
    """
    return COUNTERS[kind](data) if kind in COUNTERS else 1


def _check_jpeg(data):
    position, scans = 2, 0
    for _ in range(JPEG_MAX_SEGMENTS):
        end = len(data) if scans else position + JPEG_MAX_STRAY_BYTES
        marker = JPEG_MARKER.search(data, position, end)
        if not marker or marker[1][0] == JPEG_END:
            break
        if marker[1][0] not in JPEG_WITH_LENGTH:
            raise ValueError("a marker that does not belong here")
        scans += marker[1][0] == JPEG_SCAN
        position = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2])
    else:
        raise ValueError("too many JPEG segments")
    if not 1 <= scans <= JPEG_MAX_SCANS:
        raise ValueError(f"{scans} JPEG scans")
    # A phone's further pictures come after the end of the first, which is the only one used.
    return 1


def _count_png_frames(data):
    position, frames, others = 8, 0, 0
    for _ in range(PNG_MAX_CHUNKS):
        kind = data[position + 4 : position + 8]
        if kind in (b"IEND", b""):
            return max(1, frames)
        frames += kind == PNG_FRAME
        others += kind not in PNG_PICTURE
        if others > PNG_MAX_OTHER_CHUNKS:
            break
        position += 12 + int.from_bytes(data[position : position + 4])
    raise ValueError("too many PNG chunks")


def _count_gif_frames(data):
    position, frames, is_inside = _after_gif_palette(data, 10, 13), 0, False
    for _ in range(GIF_MAX_BLOCKS):
        if is_inside:
            is_inside = data[position] > 0
            position += 1 + data[position]
        elif data[position : position + 1] == GIF_FRAME:
            frames += 1
            is_inside, position = True, _after_gif_palette(data, position + 9, position + 10) + 1
        elif data[position : position + 1] == GIF_EXTENSION:
            is_inside, position = True, position + 2
        elif frames:
            return frames
        else:
            raise ValueError("a GIF without a frame")
    raise ValueError("too many GIF blocks")


def _after_gif_palette(data, flags_at, position):
    flags = data[flags_at]
    return position + 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else position


COUNTERS = {"JPEG": _check_jpeg, "PNG": _count_png_frames, "GIF": _count_gif_frames}
