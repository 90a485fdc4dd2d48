"""Form fields for what people write: any script, exactly as typed, and nothing unseen."""

import re
import unicodedata

from django import forms

LINE_END = re.compile(r"\r\n?")
BREAK = re.compile(r"[\t\n]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Spaces, invisible characters, and marks that show nothing without a letter to stand on.
UNSEEN_CATEGORIES = {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"}
# Letters and signs that are drawn as nothing: fillers of Korean and the empty Braille cell.
UNSEEN_CHARACTERS = set("\u115f\u1160\u2800\u3164\uffa0")


class WrittenField(forms.CharField):
    """Several lines. Control characters are left out; a text that only looks blank is empty."""

    widget = forms.Textarea

    def to_python(self, value):
        """Return `value` as it will be kept."""
        return super().to_python(_visible(CONTROL.sub("", LINE_END.sub("\n", str(value or "")))))

    def widget_attrs(self, widget):
        # Each text runs in the direction of its own script.
        return {**super().widget_attrs(widget), "dir": "auto"}


class LineField(WrittenField):
    """One line."""

    widget = forms.TextInput

    def to_python(self, value):
        """Return `value` as it will be kept."""
        return super().to_python(BREAK.sub(" ", LINE_END.sub("\n", str(value or ""))))


def _visible(text):
    return text if any(map(_is_seen, text)) else ""


def _is_seen(character):
    category = unicodedata.category(character)
    return category not in UNSEEN_CATEGORIES and character not in UNSEEN_CHARACTERS
