"""The words for what a snapshot holds as a value."""

from functools import cache


def label(choices, value):
    """Return the words for a value of `choices`; an edition may hold one that is unknown by now."""
    return _words(choices).get(value, value)


@cache
def _words(choices):
    return dict(choices.choices)
