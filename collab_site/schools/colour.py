"""Colours as "#rrggbb", and whether text can be read on them (WCAG 2.2, contrast ratio)."""

from django.core.validators import RegexValidator

DARK = "#1d2521"
LIGHT = "#ffffff"
BLACK = "#000000"
LEAST = 4.5  # WCAG 2.2, 1.4.3 Contrast (Minimum), level AA

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


def readable(colour, paper=LIGHT):
    """Return `colour`, darkened just as far as its text needs to be read on `paper`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    for share in range(100, -1, -4):
        shade = "#" + "".join(f"{c * share // 100:02x}" for c in (red, green, blue))
        if contrast(shade, paper) >= LEAST:
            return shade
    return DARK
