"""A picture chosen on an editing page is not asked for twice."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from achievements.models import AchievementPicture
from collab_site.core.accounts.roles import Role
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.schools.models import HomePicture
from tests.make import make_achievement, make_user
from tests.pictures.samples import drawing, saved

pytestmark = pytest.mark.django_db

NEW = "/admin/schools/homepicture/add/"


@pytest.fixture
def head(client):
    client.force_login(make_user(Role.HEADTEACHER))
    return client


def upload():
    return SimpleUploadedFile("kite.png", saved(drawing(), "PNG"), "image/png")


def held_in(response, name):
    return re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())[1]


def test_a_home_picture_is_kept_until_the_rest_is_right(head):
    refused = head.post(NEW, {"image": upload(), "alt_text": "Three kites"})
    assert refused.status_code == 200
    token = held_in(refused, "image_held")
    assert b"We have kept this picture" in refused.content
    head.post(NEW, {"image_held": token, "alt_text": "Three kites", "is_safe": "on"})
    picture = HomePicture.objects.get()
    assert picture.image.open("rb").read(4) == b"RIFF"
    assert not HeldPicture.objects.exists()


def achievement_form(title, **row):
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0}
    data = {f"pictures-{name}": value for name, value in rows.items()}
    return data | {"title": title} | {f"pictures-0-{name}": v for name, v in row.items()}


def test_a_picture_of_a_row_is_kept_when_another_part_of_the_page_is_wrong(head):
    achievement = make_achievement()
    address = f"/admin/achievements/achievement/{achievement.pk}/change/"
    words = {"alt_text": "A boat", "is_safe": "on"}
    seen = {"_seen": held_in(head.get(address), "_seen")}
    refused = head.post(address, achievement_form("", image=upload(), **words) | seen)
    token = held_in(refused, "pictures-0-image_held")
    head.post(address, achievement_form("A title", image_held=token, **words) | seen)
    assert AchievementPicture.objects.get().alt_text == "A boat"
    assert not HeldPicture.objects.exists()
