"""What in a family's words may tell who or where somebody is: it is asked about, and marked."""

import re
from dataclasses import dataclass

from django.db import models

WORDS = ("name", "strap_line", "logo_alt", "meaning", "first_name")
EMAIL = re.compile(r"[\w.+%-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)+", re.IGNORECASE)
# Ten digits or more, as telephone numbers of the United Kingdom have, however they are grouped.
TELEPHONE = re.compile(r"(?<!\w)\+?\(?\d(?:[\s().-]{0,2}\d){9,13}(?!\w)")
SOMEBODY = r"[^\W\d_a-z][\w'’-]*"
INTRODUCED = re.compile(
    rf"(?i:\bmy (?:full )?name is|\bmy name['’]?s|\bi am called|\bi['’]?m called|\bcalled me)"
    rf"\s+(?P<who>{SOMEBODY}(?:\s+{SOMEBODY})+)"
)
TWO_WORDS = re.compile(r"[^\W\d_]{2,}(?:\s+[^\W\d_][\w'’-]+)+")


class Kind(models.TextChoices):
    EMAIL = "email", "an e-mail address"
    TELEPHONE = "telephone", "a telephone number"
    FULL_NAME = "full-name", "a full name"


@dataclass(frozen=True)
class Mark:
    """A piece of a text, from `start` to `end`, that looks like `kind`."""

    kind: Kind
    start: int
    end: int


def marks(field, text):
    """Return the Marks in the `text` of one of the fields in WORDS, in order, none overlapping."""
    found = [Mark(Kind.EMAIL, *match.span()) for match in EMAIL.finditer(text)]
    found += [Mark(Kind.TELEPHONE, *match.span()) for match in TELEPHONE.finditer(text)]
    found += [Mark(Kind.FULL_NAME, *match.span("who")) for match in INTRODUCED.finditer(text)]
    if field == "first_name":
        found += [Mark(Kind.FULL_NAME, *match.span()) for match in TWO_WORDS.finditer(text)]
    kept = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def marked(idea):
    """Return {field: its Marks} for those words of an idea in which there are any."""
    found = {field: marks(field, getattr(idea, field)) for field in WORDS}
    return {field: marks for field, marks in found.items() if marks}
