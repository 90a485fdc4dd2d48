"""Long lists are read page by page, by key: nothing twice, nothing left out, whatever is asked."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actionplan.models import Update
from collab_site.core.paging import MOST_COUNTED, bounded_count, page_of, page_of_merged
from naming_contest.models import Idea
from tests.make import make_contest, make_idea, make_school, make_update

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def make_ideas(minutes, **kwargs):
    """Make an idea that was sent so many minutes after noon, for each of `minutes`."""
    contest = make_contest()
    times = [NOON + timedelta(minutes=minute) for minute in minutes]
    return [make_idea(contest=contest, sent_at=time, **kwargs) for time in times]


def read(rows, cursor="", size=2, by="sent_at", **kwargs):
    paged = page_of_merged if isinstance(rows, list) else page_of
    return paged(rows, cursor, size, by=by, **kwargs)


def numbers(page):
    return [row.pk for row in page.rows]


def walk(rows, way, cursor="", **kwargs):
    """Return the rows' numbers of all pages that are met going `way`, page by page."""
    pages = [read(rows, cursor, **kwargs)]
    while getattr(pages[-1], way):
        pages.append(read(rows, getattr(pages[-1], way), **kwargs))
    return [numbers(page) for page in pages]


@pytest.mark.django_db
def test_it_goes_forward_and_back_and_to_both_ends():
    a, b, c, d, e = (idea.pk for idea in make_ideas(range(5)))
    rows = Idea.objects.all()
    first = read(rows)
    assert (numbers(first), first.earlier) == ([a, b], "")
    assert walk(rows, "later") == [[a, b], [c, d], [e]]
    assert walk(rows, "earlier", first.last) == [[d, e], [b, c], [a]]
    assert read(rows, first.last).last == ""
    assert walk(rows, "later", newest_first=True) == [[e, d], [c, b], [a]]


@pytest.mark.django_db
def test_ideas_of_the_same_moment_stand_in_the_order_of_their_numbers():
    ideas = [idea.pk for idea in make_ideas([0] * 5)]
    assert list(chain(*walk(Idea.objects.all(), "later"))) == ideas
    assert list(chain(*walk(Idea.objects.all(), "later", newest_first=True))) == ideas[::-1]


@pytest.mark.django_db
def test_an_empty_list_is_an_empty_page():
    for cursor in ("", "last", "a0-1", "b0-1"):
        page = read(Idea.objects.all(), cursor)
        assert (page.rows, page.earlier, page.later, page.last) == ([], "", "", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [None, "", "1", "a", "a1", "a-1", "c1-1", "a1-1 ", "a1-1\n", "a٣-1", "a" + "9" * 18 + "-1"],
)
def test_what_is_no_cursor_shows_the_first_page(cursor):
    make_ideas(range(3))
    assert read(Idea.objects.all(), cursor) == read(Idea.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["a" + "9" * 17 + "-" + "9" * 18, "b0-0"])
def test_a_cursor_beyond_the_end_shows_the_first_page(cursor):
    make_ideas(range(3))
    assert read(Idea.objects.all(), cursor) == read(Idea.objects.all())


@pytest.mark.django_db
def test_what_has_gone_in_between_loses_nothing_else():
    ideas = make_ideas(range(6))
    first = read(Idea.objects.all())
    ideas[1].delete()
    ideas[2].delete()
    assert numbers(read(Idea.objects.all(), first.later)) == [ideas[3].pk, ideas[4].pk]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("cursor", ["", "last"])
def test_each_page_is_one_query(count, cursor, django_assert_num_queries):
    make_ideas(range(count))
    with django_assert_num_queries(1):
        assert read(Idea.objects.all(), cursor).rows


@pytest.mark.django_db
def test_no_more_is_counted_than_is_told():
    contest = make_contest()
    rows = [Idea(contest=contest, name="Oak", code=f"{n}", adult_agreed=True) for n in range(1002)]
    Idea.objects.bulk_create(rows)
    ideas = Idea.objects.all()
    assert bounded_count([ideas]) == MOST_COUNTED + 1
    assert bounded_count([ideas.filter(school=None), ideas]) == MOST_COUNTED + 1
    assert bounded_count([ideas.filter(code__startswith="99"), ideas.filter(code="1")]) == 12


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["a0-0", "a" + "9" * 17 + "-1", "b0-1"])
def test_lists_by_day_and_by_number_are_read_in_the_same_way(cursor):
    days = ["2026-05-02", "2026-05-01", "2026-05-02", "2026-05-01", "2026-05-03"]
    a, b, c, d, e = (make_update(happened_on=day).pk for day in days)
    rows = Update.objects.all()
    by_day = {"by": "happened_on", "newest_first": True}
    assert walk(rows, "later", **by_day) == [[e, c], [a, d], [b]]
    assert walk(rows, "earlier", "last", **by_day) == [[d, b], [c, a], [e]]
    assert walk(rows, "later", by="pk") == [[a, b], [c, d], [e]]
    for order in (by_day, {"by": "pk"}):
        assert read(rows, cursor, **order).rows


class PagesTests(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        minutes=st.lists(st.integers(0, 4), max_size=9),
        size=st.integers(1, 4),
        newest_first=st.booleans(),
        is_merged=st.booleans(),
    )
    def test_every_way_through_meets_each_idea_once(self, minutes, size, newest_first, is_merged):
        schools = [make_school(), None]
        ideas = make_ideas(minutes)
        for number, idea in enumerate(ideas):
            Idea.objects.filter(pk=idea.pk).update(school=schools[number % 2])
        rows = Idea.objects.all()
        if is_merged:
            rows = [rows.filter(school=school) for school in schools]
        ideas.sort(key=lambda idea: (idea.sent_at, idea.pk), reverse=newest_first)
        expected = [idea.pk for idea in ideas]
        way = {"size": size, "newest_first": newest_first}
        assert list(chain(*walk(rows, "later", **way))) == expected
        assert list(chain(*reversed(walk(rows, "earlier", "last", **way)))) == expected
