"""In which phase a contest is follows from its times alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from naming_contest.models import Contest, Gallery, Phase, WrongPhase, phase_at
from tests.make import make_contest

ORDER = [Phase.BEFORE, Phase.OPEN, Phase.JUDGING, Phase.DECIDED]
# Few moments, so that they often fall together.
moments = st.integers(0, 6).map(lambda day: datetime(2026, 5, 1 + day, 12, tzinfo=UTC))
TIMES = ("opens_at", "closes_at", "announces_at", "settled_at")
all_times = st.fixed_dictionaries({name: st.none() | moments for name in TIMES})
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@given(now=moments, times=all_times)
def test_there_is_a_phase_at_any_time(now, times):
    assert phase_at(now, **times) in ORDER


@given(now=moments, later=moments, times=all_times)
def test_time_never_leads_back(now, later, times):
    now, later = sorted([now, later])
    assert ORDER.index(phase_at(now, **times)) <= ORDER.index(phase_at(later, **times))


@given(now=moments, times=all_times)
def test_without_a_closing_time_it_never_closes(now, times):
    phase = phase_at(now, **times | {"closes_at": None})
    is_open = times["opens_at"] is None or times["opens_at"] <= now
    assert phase == (Phase.OPEN if is_open else Phase.BEFORE)


@given(now=moments, times=all_times)
def test_it_is_decided_only_when_chosen_and_announced(now, times):
    both = [times["announces_at"], times["settled_at"]]
    if phase_at(now, **times) == Phase.DECIDED:
        assert all(time and time <= now for time in both)
        assert times["closes_at"] <= now


@given(now=moments, times=all_times)
def test_ideas_are_taken_from_opening_until_just_before_closing(now, times):
    has_begun = times["opens_at"] is None or times["opens_at"] <= now
    has_ended = times["closes_at"] is not None and times["closes_at"] <= now
    is_open = phase_at(now, **times) == Phase.OPEN
    assert is_open == (has_begun and not has_ended)


@pytest.fixture
def at_noon(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.django_db
@pytest.mark.parametrize("is_current", [True, False])
@pytest.mark.parametrize("gallery", Gallery)
@pytest.mark.parametrize("closes_at", [None, NOW - DAY, NOW, NOW + DAY])
def test_database_and_row_agree_on_what_is_public(at_noon, is_current, gallery, closes_at):
    contest = make_contest(closes_at=closes_at, gallery=gallery)
    if not is_current:
        make_contest().make_current()
        Contest.objects.filter(pk=contest.pk).update(closes_at=closes_at)
        contest = Contest.objects.get(pk=contest.pk)
    assert contest.is_public == Contest.objects.public().filter(pk=contest.pk).exists()
    assert contest.is_public == (is_current or contest.is_over)


@pytest.mark.django_db
def test_showing_another_contest_closes_the_one_that_was_open(at_noon):
    first, second = make_contest(), make_contest()
    assert (first.is_current, second.is_current) == (True, False)
    second.make_current()
    first.refresh_from_db()
    assert (first.is_current, first.closes_at, first.phase) == (False, NOW, Phase.JUDGING)
    assert Contest.objects.current() == second


@pytest.mark.django_db
@pytest.mark.parametrize("times", [{"opens_at": NOW + DAY}, {"closes_at": NOW - DAY}])
def test_showing_another_leaves_the_times_of_one_that_is_not_open(at_noon, times):
    first = make_contest(**times)
    make_contest().make_current()
    stored = Contest.objects.filter(pk=first.pk).values(*times).get()
    assert stored == times


@pytest.mark.django_db
def test_closing_and_opening_again(at_noon):
    contest = make_contest(closes_at=NOW + DAY, judged_until=NOW + DAY, announces_at=NOW + 2 * DAY)
    contest.close()
    assert Contest.objects.get().phase == Phase.JUDGING
    with pytest.raises(WrongPhase):
        contest.close()
    contest.reopen()
    stored = Contest.objects.get()
    assert stored.phase == Phase.OPEN
    assert (stored.judged_until, stored.announces_at) == (None, None)
    with pytest.raises(WrongPhase):
        contest.reopen()


@pytest.mark.django_db
def test_a_contest_whose_winners_are_chosen_is_not_opened_again(at_noon):
    contest = make_contest(closes_at=NOW - DAY, settled_at=NOW)
    with pytest.raises(WrongPhase):
        contest.reopen()
