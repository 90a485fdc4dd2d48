"""Documents as PDF and pictures as PNG, set by Typst from an app's template and data as shown."""

import json
import re
from functools import cache
from pathlib import Path
from unicodedata import bidirectional, category, normalize

import typst

FONTS = Path(__file__).parent / "fonts"
POINTS_PER_INCH = 72
LONG_WORD = re.compile(r"\S{24,}")
# Of Unicode's categories of direction: from left to right, numbers, and none of their own.
LEFT_TO_RIGHT = {"L", "EN", "ES", "ET", "CS", "B", "S", "WS", "ON", "BN"}
# Of its general categories: controls and lone surrogates; letters with case, digits, punctuation.
UNPRINTABLE = {"Cc", "Cs"}
BREAKABLE = {"Lu", "Ll", "Nd", "Pc", "Pd", "Po"}


def typeset(template, texts, drawings=None):
    """Return the PDF of the Typst file `template` as bytes, the same for the same input.

    The template reads one dictionary with `json(bytes(sys.inputs.data))`: `texts`, of which JSON
    can be made and which are never read as markup, and `drawings`, {name: SVG document}. Words
    that may be wider than their line have U+200B where they can be broken.
    """
    return _set(_pdf, template, texts, drawings)


def picture(template, texts, drawings=None):
    """Do as `typeset`, and return the template's only page as PNG, with a pixel for each point."""
    return _set(_png, template, texts, drawings)


def paragraphs(text):
    """Return a text's paragraphs, each as a list of its lines."""
    found = (p.strip() for p in text.replace("\r\n", "\n").split("\n\n"))
    return [p.split("\n") for p in found if p]


def _set(compile_as, template, texts, drawings):
    document = json.dumps(_printable(texts) | (drawings or {}), ensure_ascii=False)
    try:
        return compile_as(_compiler(template), {"data": document})
    except BaseException as problem:
        # Some marks in right-to-left text bring Typst down (typst/typst#8667), as no Exception.
        if type(problem).__name__ != "PanicException":
            raise
        return compile_as(_compiler(template), {"data": _left_to_right(document)})


def _pdf(compiler, data):
    """Return the PDF of a document in JSON, to the standard PDF/UA-1 if its texts allow it."""
    try:
        return compiler.compile(format="pdf", sys_inputs=data, pdf_standards="ua-1")
    except typst.TypstError:
        # PDF/UA refuses a character that no font has; tagged, but plain, it is shown as a box.
        return compiler.compile(format="pdf", sys_inputs=data)


def _png(compiler, data):
    return compiler.compile(format="png", sys_inputs=data, ppi=POINTS_PER_INCH)


def _compiler(template):
    return typst.Compiler(template, root=template.parent, font_paths=_fonts())


@cache
def _fonts():
    """Return the fonts shipped with the portal and with Typst, the same on every machine."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _left_to_right(text):
    """Return the text with the sign for an unknown character where its direction is another.

    A line can be broken before each of those signs.
    """
    composed = normalize("NFC", text)
    return "".join(c if bidirectional(c) in LEFT_TO_RIGHT else "\u200b\ufffd" for c in composed)


def _printable(value):
    """Return the value with each text in it fit for print.

    A control character becomes a space; a word that may be wider than its line can be broken.
    """
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, str):
        kept = (" " if category(c) in UNPRINTABLE else c for c in value)
        return LONG_WORD.sub(_breakable, "".join(kept))
    return value


def _breakable(word):
    """Return the matched word with a place to break before each letter, digit and sign.

    Scripts without case, and marks that belong to the letter before them, are left alone.
    """
    return "".join(f"\u200b{c}" if category(c) in BREAKABLE else c for c in word.group())
