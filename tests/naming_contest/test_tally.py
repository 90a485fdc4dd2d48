"""From scores to places: for any scores in any order."""

from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naming_contest.tally import Given, tally, ties

SCHOOLS = st.one_of(st.none(), st.integers(1, 3))
IDEAS = st.dictionaries(st.integers(1, 6), SCHOOLS, max_size=5)
JUDGES = dict(enumerate([None, None, 1, 1, 2, 3], start=1))


@st.composite
def contests(draw):
    """Ideas with their schools, and scores of which some don't count."""
    schools = draw(IDEAS)
    pairs = st.tuples(st.sampled_from(list(JUDGES)), st.integers(1, 7))
    values = draw(st.dictionaries(pairs, st.integers(1, 5), max_size=15))
    scores = [Given(judge, JUDGES[judge], idea, value) for (judge, idea), value in values.items()]
    return schools, scores


def scores_of(idea, *values):
    return [Given(judge, None, idea, value) for judge, value in enumerate(values, start=1)]


def places(lines):
    return {line.idea: line.place_shown for line in lines}


@given(contests(), st.randoms())
def test_the_order_of_ideas_and_scores_makes_no_difference(contest, random):
    schools, scores = contest
    shuffled = random.sample(list(schools.items()), len(schools))
    assert tally(dict(shuffled), random.sample(scores, len(scores))) == tally(schools, scores)


@given(contests())
def test_every_idea_has_a_line_and_the_best_are_first(contest):
    lines = tally(*contest)
    assert sorted(line.idea for line in lines) == sorted(contest[0])
    for before, after in pairwise(lines):
        assert after.mean is None or before.mean >= after.mean


@given(contests())
def test_a_place_counts_those_that_are_better(contest):
    lines = tally(*contest)
    means = [line.mean for line in lines if line.mean is not None]
    for line in lines:
        assert (line.mean is None) == (line.scores == {}) == (line.place is None)
        if line.mean is not None:
            assert line.place == 1 + sum(mean > line.mean for mean in means)


@given(contests())
def test_a_tie_is_an_equal_mean_and_nothing_else(contest):
    lines = [line for line in tally(*contest) if line.mean is not None]
    tied = set()
    for one, other in combinations(lines, 2):
        assert (one.place == other.place) == (one.mean == other.mean)
        tied |= {one.idea, other.idea} if one.mean == other.mean else set()
    assert {line.idea for line in lines if line.is_tied} == tied


@given(contests())
def test_the_mean_is_exact_and_of_judges_from_elsewhere(contest):
    schools, scores = contest
    for line in tally(schools, scores):
        counted = [
            score.value
            for score in scores
            if score.idea == line.idea
            and (score.school is None or score.school != schools[line.idea])
        ]
        assert sorted(line.scores.values()) == sorted(counted)
        assert line.mean == (Fraction(sum(counted), len(counted)) if counted else None)


@given(contests(), st.integers(1, 5))
def test_a_judge_of_their_own_school_changes_nothing(contest, value):
    schools, scores = contest
    own = [Given(99, school, idea, value) for idea, school in schools.items() if school]
    assert tally(schools, scores + own) == tally(schools, scores)


@given(contests())
def test_the_best_score_never_harms_and_the_worst_never_helps(contest):
    schools, scores = contest
    for line in tally(schools, scores):
        for value in (5, 1):
            more = tally(schools, [*scores, Given(99, None, line.idea, value)])
            now = next(other for other in more if other.idea == line.idea)
            if line.mean is not None:
                assert now.mean >= line.mean if value == 5 else now.mean <= line.mean
                assert now.place <= line.place if value == 5 else now.place >= line.place


@given(contests())
def test_every_shared_place_is_explained(contest):
    lines = tally(*contest)
    shared = {line.place for line in lines if line.is_tied}
    assert len(ties(lines, "names")) == len(shared)


def test_places_are_those_of_a_competition():
    scores = [*scores_of(1, 5), *scores_of(2, 4, 4), *scores_of(3, 4), *scores_of(4, 2)]
    lines = tally(dict.fromkeys([1, 2, 3, 4, 5]), scores)
    assert places(lines) == {1: "1", 2: "2=", 3: "2=", 4: "4", 5: ""}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([4, 5, 5], "4.67"),
        ([1, 1, 2], "1.33"),
        ([5], "5.00"),
        ([4, 4, 4, 4, 4, 4, 4, 5], "4.13"),
        ([], ""),
    ],
)
def test_means_are_shown_to_two_decimals(values, shown):
    [line] = tally({1: None}, scores_of(1, *values))
    assert line.mean_shown == shown


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        (
            [scores_of(1, 5), scores_of(2, 4, 5), scores_of(3, 5, 4)],
            "Two names share 2nd place: both have 4.50 from 2 judges.",
        ),
        (
            [scores_of(1, 3), scores_of(2, 3)],
            "Two names share 1st place: both have 3.00 from 1 judge.",
        ),
        (
            [scores_of(1, 3), scores_of(2, 3), scores_of(3, 3, 3)],
            "Three names share 1st place: all have 3.00 from different numbers of judges.",
        ),
    ],
)
def test_a_tie_is_told_in_a_sentence(scores, told):
    given = [score for idea in scores for score in idea]
    assert ties(tally(dict.fromkeys(range(1, len(scores) + 1)), given), "names") == [told]
