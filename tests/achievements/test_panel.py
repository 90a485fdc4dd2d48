import re

import pytest

from tests.make import make_achievement, make_aim, make_collaboration, make_school

pytestmark = pytest.mark.django_db

PANEL = "/from/oak/panel/achievements/"


@pytest.fixture(autouse=True)
def oak():
    make_collaboration()
    make_school(slug="oak")


def test_the_panel_shows_the_newest_three_with_their_days(client):
    make_achievement(title="Oldest", achieved_on="2024-01-05")
    make_achievement(title="Older", achieved_on="2025-01-05")
    new = make_achievement(title="New", achieved_on="2026-03-05")
    make_achievement(title="Newer", achieved_on="2026-04-05")
    html = client.get(PANEL).content.decode()
    told = re.findall(r"<time[^>]*>([^<]+)</time> <a [^>]*>([^<]+)</a>", html)
    assert told == [("5 April 2026", "Newer"), ("5 March 2026", "New"), ("5 January 2025", "Older")]
    assert f'href="/from/oak/achievements/#achievement-{new.pk}">New<' in html


def test_an_achievement_without_a_day_names_none(client):
    make_achievement(title="Some day")
    html = client.get(PANEL).content.decode()
    assert "Some day" in html
    assert "<time" not in html


def test_without_achievements_the_panel_is_kind(client):
    assert "Our work together has just begun." in client.get(PANEL).content.decode()


@pytest.mark.parametrize("count", [1, 20])
def test_the_panel_costs_four_queries(client, django_assert_num_queries, count):
    aim = make_aim()
    for _ in range(count):
        make_achievement().aims.add(aim)
    with django_assert_num_queries(4):
        client.get(PANEL)
