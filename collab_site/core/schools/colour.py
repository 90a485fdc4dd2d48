"""Colours as "#rrggbb", and whether text can be read on them (WCAG 2.2, contrast ratio)."""

from functools import lru_cache

from django.core.validators import RegexValidator

DARK = "#1d2521"
LIGHT = "#ffffff"
BLACK = "#000000"
LEAST = 4.5  # WCAG 2.2, 1.4.3 Contrast (Minimum), level AA
LEAST_OF_SHAPES = 3  # 1.4.11 Non-text Contrast
# On what pages stand, as in static/css/base.css: paper, card, soft, sun-soft and sun.
SUN = "#ffd46b"
GROUNDS = ("#fffaf2", LIGHT, "#f8eedd", "#fff0c9", SUN)

validate_colour = RegexValidator(
    r"\A#[0-9a-fA-F]{6}\Z", "Write the colour as # and six digits or letters a–f, such as #2f7a4b."
)


def luminance(colour):
    """Return the relative luminance, 0 to 1, of "#rrggbb" (WCAG 2.2's definition)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Return the contrast ratio, 1 to 21, of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour):
    """Return the text colour for `colour`: dark or light, or black where both would be too weak."""
    ink = max((DARK, LIGHT), key=lambda ink: contrast(ink, colour))
    return ink if contrast(ink, colour) >= LEAST else BLACK


def readable(colour, least=LEAST):
    """Return `colour`, darkened just as far as it needs to stand out on each of the grounds."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    shades = (
        "#" + "".join(f"{c * share // 100:02x}" for c in channels) for share in range(100, -1, -4)
    )
    return next(s for s in shades if all(contrast(s, ground) >= least for ground in GROUNDS))


# Every page asks for those of each school, and finding them takes longer than reading the row.
@lru_cache
def tones(colour):
    """Return the colours that go with `colour`, by name.

    Written on it: "ink", and "accent" where something is to catch the eye. In place of it on each
    of the grounds: "text" for words, "edge" for the outline of a shape.
    """
    ink = ink_on(colour)
    return {
        "ink": ink,
        "accent": SUN if contrast(SUN, colour) >= LEAST else ink,
        "text": readable(colour),
        "edge": readable(colour, LEAST_OF_SHAPES),
    }
