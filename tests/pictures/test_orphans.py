import logging
import os
import time
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from django.utils import timezone

from collab_site.core.pictures import fields
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.models import HeldPicture, PendingDeletion
from collab_site.core.pictures.orphans import MIN_AGE, QUARANTINE_PERIOD, clean_up_files
from collab_site.core.pictures.storage import PictureStorage, StorageUnavailable, picture_storage
from naming_contest.models import Idea
from tests.make import make_idea
from tests.pictures.samples import upload, webp_of

pytestmark = pytest.mark.django_db


def stored_in(folder):
    return {path.name for path in (Path(picture_storage().location) / folder).glob("*")}


def make_orphan(folder, *, age=MIN_AGE + timedelta(minutes=1)):
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
def test_a_file_without_a_row_waits_in_quarantine_before_it_is_deleted(folder, caplog):
    caplog.set_level(logging.INFO)
    name = make_orphan(folder)

    assert clean_up_files() == {"put into quarantine": 1}
    assert stored_in(folder) == set()
    assert stored_in(f"quarantine/{folder}") == {name}
    assert clean_up_files() == {}
    with time_machine.travel(timezone.now() + QUARANTINE_PERIOD - timedelta(minutes=5)):
        assert clean_up_files() == {}
    with time_machine.travel(timezone.now() + QUARANTINE_PERIOD + timedelta(minutes=5)):
        assert clean_up_files() == {"deleted after quarantine": 1}
    assert stored_in(f"quarantine/{folder}") == set()
    assert caplog.messages == [
        "Files without a row: put into quarantine: 1.",
        "Files without a row: deleted after quarantine: 1.",
    ]


def test_a_file_that_a_row_names_again_comes_back_from_quarantine():
    idea = make_idea(logo=clean_picture(upload(webp_of(9, 9))))
    Idea.objects.update(logo="")
    grow_old("ideas")
    assert clean_up_files() == {"put into quarantine": 1}

    Idea.objects.update(logo=idea.logo.name)
    assert clean_up_files() == {"taken out of quarantine": 1}
    assert Idea.objects.get().logo.size
    assert stored_in("ideas") == {Path(idea.logo.name).name}
    assert stored_in("quarantine/ideas") == set()


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_deletion_failed_is_deleted_at_once_by_the_next_clean_up(monkeypatch):
    idea = make_idea(logo=clean_picture(upload(webp_of(9, 9))))
    with monkeypatch.context() as patch:
        patch.setattr(PictureStorage, "delete", mock.Mock(side_effect=StorageUnavailable))
        idea.delete()
    assert len(stored_in("ideas")) == 1

    assert clean_up_files() == {"deleted after a failed deletion": 1}
    assert stored_in("ideas") == set()
    assert not PendingDeletion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_row_s_file_goes_at_once_and_leaves_nothing_pending():
    make_idea(logo=clean_picture(upload(webp_of(9, 9)))).delete()
    assert stored_in("ideas") == set()
    assert not PendingDeletion.objects.exists()


def test_a_pending_deletion_spares_a_file_that_a_row_names_again():
    idea = make_idea(logo=clean_picture(upload(webp_of(9, 9))))
    PendingDeletion.objects.create(model="naming_contest.Idea", field="logo", name=idea.logo.name)
    assert clean_up_files() == {}
    assert len(stored_in("ideas")) == 1
    assert not PendingDeletion.objects.exists()


def test_a_file_on_its_way_to_its_row_is_spared():
    name = make_orphan("ideas", age=MIN_AGE - timedelta(minutes=1))
    clean_up_files()
    assert stored_in("ideas") == {name}


def test_a_file_with_a_row_is_left_alone():
    HeldPicture.hold(clean_picture(upload(webp_of(9, 9))))
    make_idea(logo=clean_picture(upload(webp_of(9, 9))))
    for folder in ("held", "ideas"):
        grow_old(folder)

    clean_up_files()

    assert len(stored_in("held")) == len(stored_in("ideas")) == 1
    assert Idea.objects.get().logo.size


def test_a_file_that_there_is_reason_to_keep_is_left_alone(monkeypatch):
    monkeypatch.setattr(
        fields, "_retention_checks", [lambda model, name: name.startswith("shown/")]
    )
    name = make_orphan("shown")
    clean_up_files()
    assert stored_in("shown") == {name}


def test_a_file_that_another_server_deletes_at_this_moment_is_passed_over(monkeypatch):
    def delete_first(storage, name):
        storage.delete(name)
        return get_modified_time(storage, name)

    get_modified_time = PictureStorage.get_modified_time
    monkeypatch.setattr(PictureStorage, "get_modified_time", delete_first)
    make_orphan("ideas")
    clean_up_files()
    assert stored_in("ideas") == set()


def test_without_any_file_there_is_nothing_to_do():
    clean_up_files()


@pytest.mark.parametrize(
    ("model", "field"), [("nothing.Nothing", "image"), ("pictures.HeldPicture", "nothing")]
)
def test_a_deletion_that_fails_again_is_logged_and_keeps_no_other_waiting(model, field, caplog):
    name = make_orphan("ideas", age=timedelta(0))
    PendingDeletion.objects.create(model=model, field=field, name="ideas/a.webp")
    PendingDeletion.objects.create(model="naming_contest.Idea", field="logo", name=f"ideas/{name}")
    assert clean_up_files() == {"deleted after a failed deletion": 1}
    assert stored_in("ideas") == set()
    assert [deletion.model for deletion in PendingDeletion.objects.all()] == [model]
    assert "ideas/a.webp" in caplog.text
