"""What may be amiss with a picture that is to be a logo: measured, and told in plain sentences.

The sentences advise; they forbid nothing.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageOps

from collab_site.core.schools.colour import contrast
from collab_site.core.schools.words import listed

SHAPE_CONTRAST = 3  # WCAG 2.2, 1.4.11 Non-text Contrast, level AA
SMALL_SIDES = (16, 32, 48)
# What a logo stands on: the pages' own paper, and the tabs of browsers, light and dark.
GROUNDS = {
    "our pages": "#fffaf2",
    "a light browser tab": "#ffffff",
    "a dark browser tab": "#202124",
}
SIDE = 480
FAINT_CONTRAST = 1.5  # Below that nobody would call it seen.
SAME_COLOUR = 40  # of 255, in any channel
EDGE = 5
NEARLY_WHITE = 235
LONGEST = 2
MOST = 0.5
LEAST_PIXELS = 200

BOX = (
    "The picture has a {colour} box around it, which shows wherever the ground is another colour.",
    "A tidied version could have a see-through background (a PNG can).",
)
EMPTY = (
    "We can see no shape in this picture: it is almost all of one colour.",
    "A tidied version could have darker lines.",
)
WEAK = (
    "On {grounds} most of its outline is hard to see: it is too close in colour.",
    "A tidied version could have an outline that stands out on light and on dark.",
)
FAINT = (
    "Most of its outline is hard to see on its own background.",
    "A tidied version could have darker colours.",
)
SMALL = (
    "At {sides} pixels most of it disappears.",
    "A tidied version could have thicker lines and fewer details.",
)
LONG = (
    "It is {times} times as {long} as it is {short}, so it is very small where there is a square.",
    "A tidied version could be closer to a square, at least for the browser’s tab.",
)


@dataclass(frozen=True)
class Finding:
    """Something that may be amiss, and what a tidied version could do about it."""

    sentence: str
    advice: str


def check_logo(image):
    """Return the Findings about a PIL image, none if it makes a good logo."""
    small = _fitted(image.convert("RGBA"), SIDE)
    box = _box_colour(small)
    shape = _shape(small, box)
    found = [*_check_shape(image.size)]
    if box:
        found.append(_finding(BOX, colour="white" if min(box) > NEARLY_WHITE else "coloured"))
    if _area(shape) < LEAST_PIXELS:
        return [*found, _finding(EMPTY)]
    return [*found, *_check_contrast(small, shape, box), *_check_small(small, box)]


def _finding(words, **values):
    return Finding(words[0].format(**values), words[1])


def _box_colour(image):
    """Return the colour, (red, green, blue), that the picture has all around; None without one."""
    pixels = image.load()
    right, bottom = image.width - 1, image.height - 1
    edge = [pixels[x, y] for x in range(right + 1) for y in (0, bottom)]
    edge += [pixels[x, y] for y in range(bottom + 1) for x in (0, right)]
    if sum(alpha > 127 for *_, alpha in edge) < len(edge) * 0.9:
        return None
    channels = zip(*edge, strict=True)
    return tuple(sorted(channel)[len(edge) // 2] for channel in list(channels)[:3])


def _shape(image, box):
    """Return a mask, 255 where the picture shows something."""
    if box is None:
        return image.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    difference = ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, box))
    red, green, blue = difference.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 * (value > SAME_COLOUR))


def _area(mask):
    return mask.histogram()[255]


def _check_shape(size):
    width, height = size
    times = max(size) / min(size)
    if times > LONGEST:
        long, short = ("wide", "high") if width > height else ("high", "wide")
        yield _finding(LONG, times=f"{times:.1f}".removesuffix(".0"), long=long, short=short)


def _check_contrast(image, shape, box):
    """Measure the outline of the shape, by which it is known, against what is around it."""
    outline = _outline(shape)
    if box:
        return [_finding(FAINT)] if _hidden_share(image, outline, _code(box)) > MOST else []
    weak = [name for name, code in GROUNDS.items() if _hidden_share(image, outline, code) > MOST]
    return [_finding(WEAK, grounds=listed(weak))] if weak else []


def _outline(shape):
    """Return a mask of the shape's pixels next to what is around it."""
    inner = ImageOps.expand(shape, EDGE).filter(ImageFilter.MinFilter(EDGE))
    return ImageChops.subtract(shape, ImageOps.crop(inner, EDGE))


def _hidden_share(image, outline, ground):
    """Return the share of the outline that has nothing with enough contrast close by."""
    near = _seen(image, ground, SHAPE_CONTRAST).filter(ImageFilter.MaxFilter(EDGE))
    return _area(ImageChops.subtract(outline, near)) / (_area(outline) or 1)


def _check_small(image, box):
    """Compare how much of the picture can be told from its ground when it is small and large."""
    ground = _code(box) if box else GROUNDS["our pages"]
    large = _seen_share(image, ground)
    lost = [
        side
        for side in SMALL_SIDES
        if _seen_share(_fitted(image, side), ground) < large * (1 - MOST)
    ]
    return [_finding(SMALL, sides=listed([str(side) for side in lost]))] if lost else []


def _seen_share(image, ground):
    return _area(_seen(image, ground, FAINT_CONTRAST)) / (image.width * image.height)


def _seen(image, ground, least):
    """Return a mask of what has at least this contrast when the image lies on the ground."""
    flat = Image.new("RGBA", image.size, ground)
    flat.alpha_composite(image)
    few = flat.convert("RGB").quantize(256)
    palette = few.getpalette()
    colours = zip(palette[::3], palette[1::3], palette[2::3], strict=True)
    table = [255 * (contrast(_code(colour), ground) >= least) for colour in colours]
    return few.point(table + [0] * (256 - len(table)), "1").convert("L")


def _fitted(image, side):
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def _code(colour):
    return "#{:02x}{:02x}{:02x}".format(*colour[:3])
