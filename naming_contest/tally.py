"""From the judges' scores to places, with ties. Nothing here reads the database."""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from django.contrib.humanize.templatetags.humanize import apnumber, ordinal


@dataclass(frozen=True)
class Given:
    """A score from 1 to 5 that a judge gave an idea, once; `school` is the judge's, or None."""

    judge: int
    school: int | None
    idea: int
    value: int


@dataclass(frozen=True)
class Line:
    """Where an idea stands; without `scores` ({judge: value}) it has no mean and no place."""

    idea: int
    scores: dict[int, int]
    mean: Fraction | None
    place: int | None
    is_tied: bool

    @property
    def place_shown(self):
        """The place as results tables have it: “2”, “2=” where it is shared, or ""."""
        return f"{self.place}{'=' if self.is_tied else ''}" if self.place else ""

    @property
    def mean_shown(self):
        """The mean to two decimals, halves rounded up, or ""."""
        if self.mean is None:
            return ""
        hundredths = math.floor(self.mean * 100 + Fraction(1, 2))
        return f"{hundredths // 100}.{hundredths % 100:02}"


def tally(schools, given):
    """Return the Line of every idea in `schools` ({idea: its school, or None}), the best first.

    `given` are Givens in any order; one for another idea, or from a judge of the idea's own school,
    doesn't count. A place is one more than the number of ideas with a better mean; ideas that
    nobody scored are last.
    """
    scores = {idea: {} for idea in schools}
    for score in given:
        if score.idea in schools and not is_own(score.school, schools[score.idea]):
            scores[score.idea][score.judge] = score.value
    means = {idea: Fraction(sum(s.values()), len(s)) for idea, s in scores.items() if s}
    places = _places(means.values())
    shared = Counter(means.values())
    lines = [
        Line(idea, scores[idea], mean := means.get(idea), places.get(mean), shared[mean] > 1)
        for idea in schools
    ]
    return sorted(lines, key=lambda line: (line.place is None, line.place, line.idea))


def is_own(school, other):
    """Return whether two schools, each of which may be None, are one: who is of one can't judge."""
    return school is not None and school == other


def ties(lines, what):
    """Return a sentence for each place that several of the `lines` share; `what` they are."""
    tied = groupby((line for line in lines if line.is_tied), key=attrgetter("place"))
    return [_tie(place, list(group), what) for place, group in tied]


def _places(means):
    places = {}
    for place, mean in enumerate(sorted(means, reverse=True), start=1):
        places.setdefault(mean, place)
    return places


def _tie(place, lines, what):
    number = str(apnumber(len(lines))).capitalize()
    each = "both" if len(lines) == 2 else "all"
    counts = {len(line.scores) for line in lines}
    judges = "different numbers of judges"
    if len(counts) == 1:
        [count] = counts
        judges = "1 judge" if count == 1 else f"{count} judges"
    mean = lines[0].mean_shown
    return f"{number} {what} share {ordinal(place)} place: {each} have {mean} from {judges}."
