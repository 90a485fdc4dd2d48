import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from collab_site.pictures import fields
from collab_site.pictures.cleaning import clean_picture
from collab_site.pictures.models import HeldPicture
from collab_site.pictures.storage import PictureStorage, picture_storage
from collab_site.pictures.strays import SPARED, delete_strays
from naming_contest.models import Idea
from tests.make import make_idea
from tests.pictures.samples import upload, webp_of

pytestmark = pytest.mark.django_db


def stored_in(folder):
    return {path.name for path in (Path(picture_storage().location) / folder).glob("*")}


def stray(folder, *, age=SPARED + timedelta(minutes=1)):
    """Store a file without a row, as a killed process leaves one; return its name."""
    path = Path(picture_storage().location) / folder / f"{len(stored_in(folder)):032x}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half a pict")
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path.name


def grow_old(folder):
    for path in (Path(picture_storage().location) / folder).glob("*"):
        os.utime(path, (0, 0))


@pytest.mark.parametrize("folder", ["ideas", "held", "shown", "logos"])
def test_a_file_without_a_row_is_deleted(folder):
    stray(folder)
    delete_strays()
    assert stored_in(folder) == set()


def test_a_file_on_its_way_to_its_row_is_spared():
    name = stray("ideas", age=SPARED - timedelta(minutes=1))
    delete_strays()
    assert stored_in("ideas") == {name}


def test_a_file_with_a_row_is_left_alone():
    HeldPicture.hold(clean_picture(upload(webp_of(9, 9))))
    make_idea(logo=clean_picture(upload(webp_of(9, 9))))
    for folder in ("held", "ideas"):
        grow_old(folder)

    delete_strays()

    assert len(stored_in("held")) == len(stored_in("ideas")) == 1
    assert Idea.objects.get().logo.size


def test_a_file_that_there_is_reason_to_keep_is_left_alone(monkeypatch):
    monkeypatch.setattr(fields, "_keepers", [lambda model, name: name.startswith("shown/")])
    name = stray("shown")
    delete_strays()
    assert stored_in("shown") == {name}


def test_a_file_that_another_server_deletes_at_this_moment_is_passed_over(monkeypatch):
    def delete_first(storage, name):
        storage.delete(name)
        return get_modified_time(storage, name)

    get_modified_time = PictureStorage.get_modified_time
    monkeypatch.setattr(PictureStorage, "get_modified_time", delete_first)
    stray("ideas")
    delete_strays()
    assert stored_in("ideas") == set()


def test_without_any_file_there_is_nothing_to_do():
    delete_strays()
