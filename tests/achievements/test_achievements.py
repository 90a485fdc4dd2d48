import re

import pytest
from django.db import IntegrityError

from achievements.models import Achievement, AchievementPicture
from tests.make import (
    make_achievement,
    make_achievement_picture,
    make_aim,
    make_collaboration,
    make_home_picture,
)

pytestmark = pytest.mark.django_db


def test_newest_come_first_and_undated_ones_follow_in_the_editors_order(client):
    first = make_achievement(title="Undated A")
    make_achievement(title="Old", achieved_on="2025-01-01")
    make_achievement(title="Undated B")
    make_achievement(title="New", achieved_on="2026-01-01")
    titles = re.findall(r"<h2>(.+?)</h2>", client.get("/achievements/").content.decode())
    assert titles == ["New", "Old", "Undated A", "Undated B"]
    first.move(5)
    titles = re.findall(r"<h2>(.+?)</h2>", client.get("/achievements/").content.decode())
    assert titles == ["New", "Old", "Undated B", "Undated A"]


def test_aims_it_serves_and_its_date_are_shown_when_there_are_some(client):
    achievement = make_achievement()
    html = client.get("/achievements/").content.decode()
    assert "Serves our aims" not in html
    assert "<time" not in html
    achievement.aims.add(make_aim(title="Read", slug="read"))
    achievement.achieved_on = "2026-03-05"
    achievement.save()
    html = client.get("/achievements/").content.decode()
    assert '<a href="/aims/#read">Read</a>' in html
    assert '<time datetime="2026-03-05">5 March 2026</time>' in html


def test_its_pictures_are_shown_with_their_words_and_served(client):
    make_achievement_picture(alt_text="A “boat” of paper")
    html = client.get("/achievements/").content.decode()
    image = re.search(r'<img src="([^"]+)" alt="A “boat” of paper" width="\d+" height="\d+"', html)
    response = client.get(image[1])
    assert b"".join(response.streaming_content).startswith(b"RIFF")
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


def test_a_picture_taken_away_is_gone_at_once(client):
    picture = make_achievement_picture()
    address = re.search(r'<img src="([^"]+)"', client.get("/achievements/").content.decode())[1]
    picture.delete()
    assert client.get(address).status_code == 404


def test_pictures_stand_on_the_home_page_when_there_are_some(client):
    assert "home-pictures" not in client.get("/").content.decode()
    make_home_picture(alt_text="Three kites")
    html = client.get("/").content.decode()
    assert (
        client.get(re.search(r'<img src="([^"]+)" alt="Three kites"', html)[1]).status_code == 200
    )


def test_a_picture_nobody_has_confirmed_is_refused():
    with pytest.raises(IntegrityError):
        make_achievement_picture(is_safe=False)
    assert AchievementPicture._meta.constraints


def test_after_a_hundred_come_the_names_of_others_each_in_its_lasting_place(client):
    made = [make_achievement(title=f"Number {number}") for number in range(103)]
    page = client.get("/achievements/").content.decode()
    assert re.findall(r"<h2>(Number \d+)", page) == [row.title for row in made[:100]]
    later = made[101]
    address = f"?from={later.pk}#achievement-{later.pk}"
    assert f'<li id="achievement-{later.pk}"><a href="{address}">Number 101</a></li>' in page
    assert "The newest achievements" not in page

    page = client.get(f"/achievements/{address}").content.decode()
    assert re.findall(r"<h2>(Number \d+)", page) == ["Number 101", "Number 102"]
    assert f'id="achievement-{later.pk}"' in page
    assert '<a href="/achievements/">The newest achievements</a>' in page
    assert "And before that" not in page


def test_a_page_goes_on_from_any_row_with_a_day_or_without():
    rows = [make_achievement(achieved_on=day) for day in (None, "2025-05-01", None, "2026-01-01")]
    same_day = make_achievement(achieved_on="2025-05-01")
    order = [rows[3], rows[1], same_day, rows[0], rows[2]]
    for place, row in enumerate(order):
        row.refresh_from_db()
        assert list(Achievement.objects.from_row(row)) == order[place:]


@pytest.mark.parametrize("asked", ["", "0", "x", "-1", "9" * 30, "٣"])
def test_whatever_else_is_asked_for_is_the_first_page(client, asked):
    make_achievement(title="Done")
    page = client.get("/achievements/", {"from": asked})
    assert "<h2>Done</h2>" in page.content.decode()


@pytest.mark.parametrize("count", [3, 130])
def test_its_queries_do_not_grow_with_its_rows(client, count, django_assert_max_num_queries):
    make_collaboration()
    for _ in range(count):
        make_achievement()
    with django_assert_max_num_queries(8):
        client.get("/achievements/")
