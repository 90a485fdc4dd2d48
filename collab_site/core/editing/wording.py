"""What was put into a text and what was taken out of it, in whole words."""

from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from operator import eq

SAME, INSERTED, DELETED = "same", "inserted", "deleted"

# Comparing takes about as long as the words of both texts multiplied: beyond this, too long.
MOST_PAIRS = 600 * 600
CONTEXT = 12


def wording(older, newer):
    """Return [(kind, words)], where `kind` is SAME, INSERTED or DELETED.

    The words of SAME and INSERTED are those of `newer`, of SAME and DELETED those of `older`. Runs
    of white space count as one space, and spaces stand between the pairs, not in them.
    """
    old, new = older.split(), newer.split()
    parts, i, j = [], 0, 0
    for start, other_start, length in _common_runs(old, new):
        parts += [(DELETED, old[i:start]), (INSERTED, new[j:other_start])]
        i, j = start + length, other_start + length
        parts.append((SAME, new[other_start:j]))
    return [(kind, " ".join(words)) for kind, words in parts if words]


def excerpt(parts):
    """Return `parts` with long stretches that are SAME cut to the words next to a change."""
    last = len(parts) - 1
    return [
        (kind, _ends(text.split(), index > 0, index < last) if kind == SAME else text)
        for index, (kind, text) in enumerate(parts)
    ]


def _ends(words, keep_first, keep_last):
    first = words[:CONTEXT] if keep_first else []
    last = words[-CONTEXT:] if keep_last else []
    return " ".join(words if len(first + last) >= len(words) else [*first, "…", *last])


def _common_runs(old, new):
    """Return the (start in old, start in new, length) of each run of words that both have.

    The first is at the beginning of both and the last at their end; these two may be empty.
    """
    head = _shared_start(old, new)
    old_rest, new_rest = old[head:], new[head:]
    tail = _shared_start(old_rest[::-1], new_rest[::-1])
    old_rest, new_rest = old_rest[: len(old_rest) - tail], new_rest[: len(new_rest) - tail]
    runs = [(0, 0, head)]
    if len(old_rest) * len(new_rest) <= MOST_PAIRS:
        blocks = SequenceMatcher(None, old_rest, new_rest).get_matching_blocks()[:-1]
        runs += [(i + head, j + head, length) for i, j, length in blocks]
    return _without_islands([*runs, (len(old) - tail, len(new) - tail, tail)])


def _shared_start(old, new):
    return sum(takewhile(bool, map(eq, old, new)))


def _without_islands(runs):
    """Leave out runs no longer than the changes at both sides: they only break up the reading."""
    kept = runs[:1]
    for run, following in pairwise(runs[1:]):
        if run[2] > min(_gap(kept[-1], run), _gap(run, following)):
            kept.append(run)
    return [*kept, runs[-1]]


def _gap(run, following):
    i, j, length = run
    return max(following[0] - i - length, following[1] - j - length)
