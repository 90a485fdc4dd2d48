"""A stored picture has narrower copies of itself: made with it, served with it, gone with it."""

import os
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from achievements.models import AchievementPicture
from collab_site.core.pictures import fields
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.orphans import clean_up_files
from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from tests.make import make_achievement_picture, make_idea
from tests.pictures.samples import saved, upload

pytestmark = pytest.mark.django_db


def picture_of(width, height=300):
    return clean_picture(upload(saved(Image.new("RGB", (width, height), "#224466"), "PNG")))


def stored():
    """Return {name: width} of all files that are stored."""
    files = Path(picture_storage().location).glob("[!q]*/*.webp")
    return {path.name: Image.open(path).width for path in files}


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1600, [400, 800, 1600]), (800, [400, 800]), (801, [400, 800, 801]), (400, [400])],
)
def test_a_picture_is_stored_in_three_widths_as_far_as_it_is_wider(width, widths):
    name = make_achievement_picture(image=picture_of(width)).image_name

    assert sorted(stored().values()) == widths
    assert stored()[name] == width
    assert all(file.startswith(name.removesuffix(".webp")) for file in stored())


def test_a_rendition_keeps_the_shape_and_what_can_be_seen_through():
    make_achievement_picture(
        image=clean_picture(upload(saved(Image.new("RGBA", (1600, 900), (9, 9, 9, 0)), "PNG")))
    )
    [narrow] = Path(picture_storage().location).rglob("*-400.webp")
    image = Image.open(narrow)
    assert (image.size, image.mode, image.getpixel((5, 5))[3]) == ((400, 225), "RGBA", 0)


def test_they_are_made_when_the_picture_is_stored_and_never_again(client, monkeypatch):
    row = make_achievement_picture(image=picture_of(1600))
    monkeypatch.setattr(fields, "make_renditions", None)

    row.alt_text = "Another word"
    row.save()
    for _ in range(2):
        narrow = client.get(f"/achievements/pictures/{Path(row.image_name).stem}-400.webp")
        assert Image.open(ContentFile(b"".join(narrow.streaming_content))).width == 400


def test_what_only_waits_has_none():
    HeldPicture.hold(picture_of(1600))
    assert list(stored().values()) == [1600]


def test_pages_offer_the_widths_there_are(client):
    wide = make_achievement_picture(image=picture_of(1600))
    small = make_achievement_picture(image=picture_of(300))
    html = client.get("/achievements/").content.decode()
    address = f"/achievements/pictures/{Path(wide.image_name).stem}"
    srcset = f"{address}-400.webp 400w, {address}-800.webp 800w, {address}.webp 1600w"
    assert re.findall('srcset="([^"]+)"', html) == [srcset]
    assert f'src="/achievements/pictures/{small.image_name}"' in html


def test_a_picture_without_a_rendition_is_served_itself(client):
    row = make_achievement_picture(image=picture_of(300))
    response = client.get(f"/achievements/pictures/{Path(row.image_name).stem}-800.webp")
    assert Image.open(ContentFile(b"".join(response.streaming_content))).width == 300


def test_a_rendition_can_be_seen_by_whom_the_picture_can_be_seen(client):
    idea = make_idea(logo=picture_of(1600))
    address = f"/name-us/pictures/{Path(idea.logo.name).stem}-400.webp"
    assert client.get(address).status_code == 404


def test_renditions_go_with_the_picture(django_capture_on_commit_callbacks):
    row = make_achievement_picture(image=picture_of(1600))
    with django_capture_on_commit_callbacks(execute=True):
        row.image = picture_of(900)
        row.save()
    assert sorted(stored().values()) == [400, 800, 900]
    with django_capture_on_commit_callbacks(execute=True):
        AchievementPicture.objects.all().delete()
    assert stored() == {}


def test_a_disk_that_is_full_in_between_keeps_nothing(monkeypatch):
    save = PictureStorage._save

    def full(self, name, content):
        if name.endswith("-800.webp"):
            raise StorageUnavailable
        return save(self, name, content)

    monkeypatch.setattr(PictureStorage, "_save", full)
    with pytest.raises(StorageUnavailable):
        make_achievement_picture(image=picture_of(1600))
    assert stored() == {}


def test_orphans_go_with_their_renditions_and_others_stay():
    row = make_achievement_picture(image=picture_of(1600))
    folder = Path(picture_storage().location) / "shown"
    for name in ("0" * 32 + ".webp", "0" * 32 + "-400.webp", "1" * 32 + "-800.webp"):
        (folder / name).write_bytes(b"half a pict")
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    clean_up_files()
    assert {name[:32] for name in stored()} == {row.image_name[:32]}
    assert len(stored()) == 3


def test_renditions_of_what_there_is_reason_to_keep_stay(monkeypatch):
    row = make_achievement_picture(image=picture_of(1600))
    kept = row.image.name
    AchievementPicture.objects.all().delete()
    for path in (Path(picture_storage().location) / "shown").iterdir():
        os.utime(path, (0, 0))
    monkeypatch.setattr(fields, "_retention_checks", [lambda model, name: name == kept])
    clean_up_files()
    assert len(stored()) == 3
