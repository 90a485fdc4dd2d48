from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from actionplan.models import Audience
from tests.make import (
    make_collaboration,
    make_plan,
    make_school,
    make_strand,
    make_update,
    publish,
)

pytestmark = pytest.mark.django_db

PANEL = "/from/oak/panel/plan/"
WHAT_HAPPENED, WHAT_CHANGED = "What has happened</h2>", "What has changed</h2>"


@pytest.fixture(autouse=True)
def oak():
    make_collaboration()
    make_school(slug="oak")


@pytest.fixture
def panel(client):
    return lambda: client.get(PANEL).content.decode()


@pytest.fixture
def plan():
    """A plan of 2026–27 whose one strand was published on 2 October 2026; it is 10 October."""
    with time_machine.travel("2026-10-02 12:00 +0000"):
        plan = make_plan(year=2026)
        make_strand(plan=plan, title="Reading", slug="reading", status="under-way")
        publish()
    with time_machine.travel("2026-10-10 12:00 +0000"):
        yield plan


def test_the_panel_shows_the_year_and_its_strands_with_their_status(panel, plan):
    html = panel()
    assert '<p class="eyebrow">2026–27</p>' in html
    assert '<a href="/from/oak/plan/2026-27/reading/">Reading</a>' in html
    assert "Under way</span>" in html
    assert WHAT_HAPPENED not in html
    assert WHAT_CHANGED not in html


def test_the_newest_update_is_told(panel, plan):
    make_update(plan=plan, text="Long ago.", happened_on="2026-10-03")
    make_update(plan=plan, text="We bought " + "books " * 40, happened_on="2026-10-09")
    html = panel()
    assert WHAT_HAPPENED in html
    assert '<time datetime="2026-10-09">9 October 2026</time>' in html
    assert html.count("books ") == 28
    assert "Long ago." not in html


def test_what_an_edition_changed_is_told_when_that_is_newer(panel, plan):
    make_update(plan=plan, text="Long ago.", happened_on="2026-10-03")
    plan.strands.update(status="done")
    make_strand(plan=plan, title="Writing")
    make_strand(plan=plan, title="Singing")
    publish()
    html = panel()
    assert WHAT_CHANGED in html
    assert '<time datetime="2026-10-10">10 October 2026</time>' in html
    assert "“Reading”" in html
    assert 'href="/from/oak/plan/2026-27/changes/"' in html
    assert "Long ago." not in html
    assert "“Singing”" not in html


def test_an_update_older_than_the_first_edition_is_still_told(panel, plan):
    make_update(plan=plan, text="We began.", happened_on="2026-09-01")
    assert "We began." in panel()


def test_what_is_not_published_is_not_in_the_panel(panel, plan):
    plan.strands.update(title="A draft")
    make_strand(plan=plan, title="Another draft")
    plan.publish(at=timezone.now() + timedelta(days=1))
    make_update(plan=plan, text="For staff alone.", audience=Audience.STAFF)
    html = panel()
    assert "Reading" in html
    for hidden in ("draft", "For staff alone."):
        assert hidden not in html


@pytest.mark.parametrize("is_written", [True, False])
def test_without_a_published_plan_the_panel_is_kind(panel, is_written):
    if is_written:
        make_strand(title="A draft")
    html = panel()
    assert "We are still writing the plan of this year." in html
    assert "A draft" not in html


@pytest.mark.parametrize("count", [1, 20])
def test_the_panel_costs_five_queries_and_one_more_to_tell_what_has_changed(
    client, plan, django_assert_num_queries, count
):
    for _ in range(count):
        make_strand(plan=plan, steps=["Meet."] * 3)
    publish()
    with django_assert_num_queries(6):
        client.get(PANEL)
    for _ in range(count):
        make_update(plan=plan)
    with django_assert_num_queries(5):
        client.get(PANEL)
