"""Walks through the parts of a picture file before a decoder does.

A decoder spends time and memory on each part, however small: 20 MB of empty JPEG segments take
Pillow 8 seconds and 400 MB, and 12 KB of HEIF that lays a picture over itself 20 times, 12 seconds.
Real pictures stay far below these limits.
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
# A phone has one grid of tiles for the photo, and perhaps one for its brightness or depth.
HEIF_MAX_GRIDS = 4
HEIF_MAX_CODED_PIXELS = 100_000_000
HEIF_MAX_BOXES = 10_000
HEIF_MAX_META_BYTES = 1024**2

# ITU-T T.81, table B.1. Restart markers and stuffed zeros are part of a scan's data.
JPEG_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
JPEG_END = 0xD9
JPEG_SCAN = 0xDA
JPEG_WITH_LENGTH = {*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE} - {0xC8}

PNG_FRAME = b"fcTL"
PNG_PICTURE = {b"IDAT", b"fdAT", PNG_FRAME}

# The kinds of HEIF items that take pixels from others, again and again if they are told to.
HEIF_GRID = b"grid"
HEIF_DERIVED = {b"iovl", b"iden"}
HEIF_SIZE = b"ispe"

GIF_EXTENSION = b"!"
GIF_FRAME = b","


def count_frames(kind, data):
    """Return how many frames the file `data` has; 1 if its `kind`, in Pillow's words, isn't walked.

    Raises ValueError or LookupError if the parts don't fit together or are too many.
    """
    return COUNTERS[kind](data) if kind in COUNTERS else 1


def count_scans(data):
    """Return how many scans the JPEG `data` has; a decoder keeps all of it if it's more than one.

    Raises ValueError if its parts don't fit together or are too many.
    """
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
    return scans


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


def _check_heif(data):
    meta = _only(_boxes(memoryview(data)), b"meta")
    if len(meta) > HEIF_MAX_META_BYTES:
        raise ValueError("a HEIF that describes too much")
    boxes = list(_boxes(meta[4:]))
    kinds = _heif_kinds(_only(boxes, b"iinf"))
    grids = list(kinds.values()).count(HEIF_GRID)
    if grids > HEIF_MAX_GRIDS or HEIF_DERIVED & set(kinds.values()):
        raise ValueError("a HEIF whose items are made of others")
    sizes = _heif_sizes(_only(boxes, b"iprp"))
    pixels = sum(size for item, size in sizes if kinds.get(item) != HEIF_GRID)
    if pixels > HEIF_MAX_CODED_PIXELS:
        raise ValueError(f"a HEIF whose items have {pixels} pixels")
    return 1


def _boxes(data):
    """Yield the (kind, content) of each box of ISO/IEC 14496-12 in the memoryview `data`."""
    position = 0
    for _ in range(HEIF_MAX_BOXES):
        if position >= len(data):
            return
        size, start = _number(data, position, 4), position + 8
        if size == 1:
            size, start = _number(data, start, 8), start + 8
        end = position + size if size else len(data)
        if end < start:
            raise ValueError("a box that ends before it begins")
        yield bytes(data[position + 4 : position + 8]), data[start:end]
        position = end
    raise ValueError("too many HEIF boxes")


def _only(boxes, kind):
    [content] = [content for name, content in boxes if name == kind]
    return content


def _heif_kinds(iinf):
    """Return {item: its kind}, from ISO/IEC 23008-12's item information."""
    kinds = {}
    for _, entry in _boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        width = 2 if entry[0] == 2 else 4
        kinds[_number(entry, 4, width)] = bytes(entry[6 + width : 10 + width])
    return kinds


def _heif_sizes(iprp):
    """Yield (item, pixels) wherever an item is told its size."""
    boxes = list(_boxes(iprp))
    properties = list(_boxes(_only(boxes, b"ipco")))
    for kind, ipma in boxes:
        if kind == b"ipma":
            for item, number in _heif_properties(ipma):
                name, size = properties[number - 1] if number else (None, None)
                if name == HEIF_SIZE:
                    yield item, _number(size, 4, 4) * _number(size, 8, 4)


def _heif_properties(ipma):
    """Yield (item, number of a property that it has, counted from 1; 0 for none)."""
    item_width, width = 4 if ipma[0] else 2, 2 if ipma[3] & 1 else 1
    position = 8
    for _ in range(_number(ipma, 4, 4)):
        item = _number(ipma, position, item_width)
        position += item_width
        for place in range(ipma[position]):
            number = _number(ipma, position + 1 + place * width, width)
            yield item, number & (2 ** (8 * width - 1) - 1)
        position += 1 + ipma[position] * width


def _number(data, position, width):
    digits = data[position : position + width]
    if len(digits) < width:
        raise ValueError("a box that breaks off")
    return int.from_bytes(digits)


COUNTERS = {"HEIF": _check_heif, "PNG": _count_png_frames, "GIF": _count_gif_frames}
