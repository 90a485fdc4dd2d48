"""School words, marked where they first stand in a part of a page, and explained at its end."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify


class Vocabulary:
    """The explained words, and how they are found in a text."""

    def __init__(self, terms):
        self.terms = list(terms)
        spellings = [(s, term) for term in self.terms for s in term.spellings()]
        self._by_spelling = {_key(spelling): term for spelling, term in spellings}
        self._pattern = _pattern(spelling for spelling, _ in spellings)

    def split(self, text):
        """Return the text's pieces; each at an odd place is a spelling of an explained word."""
        return self._pattern.split(text) if self._by_spelling else [text]

    def term_of(self, spelling):
        """Return the Term that is spelt so."""
        return self._by_spelling.get(spelling) or self._by_spelling[spelling.casefold()]


class Glossary:
    """The explained words of one page; it remembers which of them the page has used."""

    def __init__(self, vocabulary):
        self.terms, self._vocabulary = vocabulary.terms, vocabulary
        self.used = []
        self._seen = set()

    def mark_up(self, text):
        """Return `text` as HTML in which each word new to this part opens its meaning."""
        return mark_safe(  # noqa: S308 - every piece is escaped
            "".join(
                self._button(piece) if place % 2 else escape(piece)
                for place, piece in enumerate(self._vocabulary.split(text))
            )
        )

    def begin_part(self):
        """Let every word open its meaning again in the next part of the page."""
        self._seen.clear()

    def _button(self, spelling):
        term = self._vocabulary.term_of(spelling)
        if term in self._seen:
            return escape(spelling)
        self._seen.add(term)
        if term not in self.used:
            self.used.append(term)
        return format_html(
            '<button type="button" class="term" popovertarget="{}">{}</button>',
            anchor(term),
            spelling,
        )


def anchor(term):
    """Return the id under which a term's meaning stands on the page."""
    return f"term-{slugify(term.term) or term.pk}"


def _key(spelling):
    return spelling if _has_capital(spelling) else spelling.casefold()


def _has_capital(spelling):
    return spelling != spelling.lower()


def _pattern(spellings):
    # Written with a capital it must match exactly: ARE isn't "are". Longer ones come first.
    ordered = sorted(spellings, key=len, reverse=True)
    choices = (re.escape(s) if _has_capital(s) else f"(?i:{re.escape(s)})" for s in ordered)
    return re.compile(rf"(?<!\w)({'|'.join(choices)})(?!\w)")
