"""School words, marked where they first stand in a part of a page, and explained at its end."""

import re

from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import slugify


class Glossary:
    """The explained words of one page; it remembers which of them the page has used."""

    def __init__(self, terms):
        self.terms = terms
        self._by_spelling = {_key(s): term for term in terms for s in term.spellings()}
        self._pattern = _pattern(s for term in terms for s in term.spellings())
        self.used = []
        self._seen = set()

    def mark_up(self, text):
        """Return `text` as HTML in which each word new to this part opens its meaning."""
        if not self._by_spelling:
            return format_html("{}", text)
        # Splitting by the one group puts the words found at the odd places.
        pieces = self._pattern.split(text)
        return mark_safe(  # noqa: S308 - every piece is escaped by format_html
            "".join(
                self._button(piece) if place % 2 else format_html("{}", piece)
                for place, piece in enumerate(pieces)
            )
        )

    def begin_part(self):
        """Let every word open its meaning again in the next part of the page."""
        self._seen.clear()

    def _button(self, spelling):
        term = self._by_spelling.get(spelling) or self._by_spelling[spelling.casefold()]
        if term in self._seen:
            return format_html("{}", spelling)
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
