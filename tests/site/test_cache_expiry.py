"""Kept pages end at the next moment at which time alone changes them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from collab_site.portal.cache_expiry import next_expiry
from tests.make import make_contest, make_plan

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.get_fixed_timezone(0))
HOUR = timedelta(hours=1)
TIMES = ("opens_at", "closes_at", "judged_until", "announces_at")


def test_without_anything_else_it_is_midnight():
    assert next_expiry(NOW) == NOW + 12 * HOUR


@pytest.mark.parametrize("coming", TIMES)
def test_each_time_of_a_contest_is_one(coming):
    hours = [place - TIMES.index(coming) for place, _ in enumerate(TIMES)]
    times = [NOW + (number + 1 if number >= 0 else number) * HOUR for number in hours]
    make_contest(**dict(zip(TIMES, times, strict=True)))
    assert next_expiry(NOW) == NOW + HOUR


def test_an_edition_s_publication_is_one():
    make_plan().publish(at=NOW + HOUR)
    assert next_expiry(NOW) == NOW + HOUR


def test_what_is_past_or_after_midnight_is_none():
    make_contest(opens_at=NOW - HOUR, closes_at=NOW + 20 * HOUR)
    assert next_expiry(NOW) == NOW + 12 * HOUR
