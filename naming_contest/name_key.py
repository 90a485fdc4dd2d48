"""When two names are about the same: children write one idea in many ways."""

import re
import unicodedata
from functools import cached_property

from django.utils.crypto import salted_hmac

# In shorter names one letter makes another word.
MIN_FUZZY_LETTERS = 8
ARTICLE = re.compile(r"\A\W*(?:the|a|an)\s+(?=\w)")
# Apostrophes, and the marks by which telephones choose how a sign is drawn.
IGNORED_CHARACTERS = dict.fromkeys([*map(ord, "'’"), *range(0xFE00, 0xFE10)])
# The classes of accents, and of the points that Hebrew and Arabic are written with or without.
# Those between are part of a letter, in scripts such as Hindi and Thai.
ACCENTS = {*range(10, 36), *range(200, 255)}
MARKS = {"Mc", "Mn"}
# At the end of a word: oaks, families and family, foxes.
PLURALS = [
    (re.compile(r"(?<=[^\W\d_]{2})(?<!s)s\b"), ""),
    (re.compile(r"(?<=[^\W\d_]{2})ie\b"), "y"),
    (re.compile(r"(?:(?<=[^\W\d_][sxz])|(?<=[cs]h))e\b"), ""),
]


class NameKey:
    """What of `name` tells it from others.

    That is not case, spaces, signs, accents, plural, an article in front, or a slip.

    A slip is one letter too few, too many, wrong or moved, in a name with MIN_FUZZY_LETTERS or more
    letters. Two names are about the same if they have a spelling in common (symmetric deletion,
    after W. Garbe's SymSpell).
    """

    def __init__(self, name):
        words = _words(name)
        self.key = _singular(_joined(words)) or "".join(name.split())
        # A plural inside is seen only where the words are written apart.
        self._apart = _joined(_singular(words)) or self.key
        self._bare = _singular(_joined(ARTICLE.sub("", words))) or self.key

    @cached_property
    def spelling(self):
        """The hash of the name as such, 32 hex digits."""
        return _hash(self.key)

    @cached_property
    def spellings(self):
        """The hashes of the name as such, and with any one letter left out."""
        keys = {self.key, self._apart, self._bare}
        return {_hash(text) for key in keys for text in (key, *_single_deletions(key))}


def _words(name):
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in plain if unicodedata.combining(c) not in ACCENTS)
    plain = unicodedata.normalize("NFC", plain).translate(IGNORED_CHARACTERS)
    return plain.replace("&", " and ")


def _singular(text):
    for ending, singular in PLURALS:
        text = ending.sub(singular, text)
    return text


def _joined(words):
    return "".join(c for c in words if c.isalnum() or unicodedata.category(c) in MARKS)


def _single_deletions(key):
    if sum(map(str.isalpha, key)) < MIN_FUZZY_LETTERS:
        return set()
    return {key[:place] + key[place + 1 :] for place, letter in enumerate(key) if letter.isalpha()}


def _hash(text):
    # The salt is part of the stored hashes.
    return salted_hmac("naming_contest.likeness", text, algorithm="sha256").hexdigest()[:32]
