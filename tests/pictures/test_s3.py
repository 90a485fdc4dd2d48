"""Uploads in a bucket on S3-compatible storage."""

import socket
import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from actionplan.files import check_document
from actionplan.models import HeldDocument
from collab_site.core.pictures.cleaning import clean_picture
from collab_site.core.pictures.models import HeldPicture
from collab_site.core.pictures.orphans import MIN_AGE, clean_up_files
from collab_site.core.pictures.s3 import BucketStorage
from collab_site.core.pictures.storage import StorageUnavailable, all_or_nothing, picture_storage
from collab_site.environment import read_uploads
from naming_contest.models import Idea
from tests.bucket import ON_A_PAGE
from tests.make import make_idea, make_pdf
from tests.pictures.samples import upload, webp_of

OLD = MIN_AGE + timedelta(minutes=1)


def make_logo():
    return clean_picture(upload(webp_of(9, 9)))


def store_and_fail(idea):
    with all_or_nothing([idea], "logo"):
        idea.logo = make_logo()
        idea.save()
        raise RuntimeError


def storage_at(monkeypatch, url):
    monkeypatch.setenv("UPLOADS", url)
    return BucketStorage(**read_uploads(None)["pictures"]["OPTIONS"])


def test_a_file_is_stored_read_and_deleted(bucket):
    storage = picture_storage()
    assert storage.save("held/a.webp", ContentFile(b"a picture")) == "held/a.webp"
    assert list(bucket.objects) == ["pictures/held/a.webp"]
    assert storage.exists("held/a.webp")
    assert storage.size("held/a.webp") == 9
    with storage.open("held/a.webp") as file:
        assert file.read() == b"a picture"
    storage.delete("held/a.webp")
    assert bucket.objects == {}


def test_a_file_that_was_closed_can_be_opened_again(bucket):
    bucket.put("pictures/held/a.webp", b"a picture")
    file = picture_storage().open("held/a.webp")
    file.close()
    with file.open("rb"):
        assert file.read() == b"a picture"


def test_a_file_is_read_in_one_request(bucket):
    bucket.put("pictures/held/a.webp")
    with picture_storage().open("held/a.webp"):
        assert [method for method, _ in bucket.requests] == ["GET"]


def test_a_large_file_comes_in_one_request_that_asks_for_no_rights(bucket):
    picture_storage().save("held/a.webp", ContentFile(bytes(10 * 1024**2)))
    [headers] = [headers for method, headers in bucket.requests if method == "PUT"]
    assert not [name for name in headers if "acl" in name.lower() or "grant" in name.lower()]


def test_nothing_is_written_over(bucket):
    bucket.put("pictures/held/a.webp", b"first")
    assert picture_storage().save("held/a.webp", ContentFile(b"second")) != "held/a.webp"
    assert bucket.objects["pictures/held/a.webp"][0] == b"first"


def test_nobody_is_sent_to_the_bucket(bucket):
    assert picture_storage().url("held/a.webp") == ""


def test_what_is_gone_is_told_as_with_a_folder(bucket):
    storage = picture_storage()
    storage.delete("held/a.webp")
    assert not storage.exists("held/a.webp")
    for ask in (storage.open, storage.size, storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("held/a.webp")


@pytest.mark.parametrize(
    "method", ["open", "size", "exists", "delete", "listdir", "get_modified_time"]
)
def test_a_bucket_that_is_away_is_told_as_a_folder_that_is_away(bucket, method):
    bucket.is_away = True
    with pytest.raises(StorageUnavailable, match="The bucket of UPLOADS can't be used"):
        getattr(picture_storage(), method)("held/a.webp")


def test_of_a_file_that_breaks_off_nothing_is_passed_on(bucket):
    bucket.put("pictures/held/a.webp", b"a picture")
    bucket.cut = 4
    with pytest.raises(StorageUnavailable):
        picture_storage().open("held/a.webp")


def test_what_can_not_be_stored_is_told_as_with_a_full_disk(bucket):
    bucket.refused = "PUT"
    with pytest.raises(StorageUnavailable, match="SlowDown"):
        picture_storage().save("held/a.webp", ContentFile(b"a picture"))


def test_what_is_wrong_with_a_bucket_is_told_without_its_secret(bucket, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    for url, reason in [
        (bucket.url(secret="another-secret"), "SignatureDoesNotMatch"),
        (bucket.url(name="another-bucket"), "NoSuchBucket"),
        (bucket.url(port=closed), "Could not connect"),
    ]:
        with pytest.raises(StorageUnavailable, match=reason) as caught:
            storage_at(monkeypatch, url).listdir("held")
        assert "secret" not in str(caught.value)


def test_all_threads_share_what_is_dear_of_a_connection(bucket):
    sessions = set()

    def connect():
        sessions.add(picture_storage()._create_session())
        picture_storage().exists("held/a.webp")

    threads = [threading.Thread(target=connect) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sessions) == 1
    assert len(bucket.requests) == 4


@pytest.mark.django_db
def test_of_a_listing_of_many_pages_files_without_a_row_are_quarantined(bucket):
    HeldPicture.hold(make_logo())
    make_idea(logo=make_logo())
    bucket.grow_old()
    named = set(bucket.objects)
    for number in range(2 * ON_A_PAGE + 1):
        bucket.put(f"pictures/ideas/{number:032x}.webp", age=OLD)
        bucket.put(f"documents/held/{number:032x}.pdf", age=OLD)
    bucket.put("pictures/ideas/on-its-way.webp", age=MIN_AGE - timedelta(minutes=1))

    clean_up_files()

    left = {key for key in bucket.objects if "/quarantine/" not in key}
    assert left == named | {"pictures/ideas/on-its-way.webp"}
    assert len(named) == 2
    assert len(bucket.objects) - len(left) == 2 * (2 * ON_A_PAGE + 1)
    bucket.grow_old()
    clean_up_files()
    assert set(bucket.objects) - named == {"pictures/quarantine/ideas/on-its-way.webp"}


@pytest.mark.django_db
def test_ages_are_asked_of_files_without_a_row_alone(bucket):
    for _ in range(3):
        make_idea(logo=make_logo())
    bucket.requests.clear()
    clean_up_files()
    assert {method for method, _ in bucket.requests} == {"GET"}


@pytest.mark.django_db
def test_what_fails_leaves_no_file(bucket):
    with pytest.raises(RuntimeError):
        store_and_fail(make_idea())
    methods = [method for method, _ in bucket.requests]
    assert ("PUT" in methods, methods[-1]) == (True, "DELETE")
    assert bucket.objects == {}
    assert not Idea.objects.get().logo


@pytest.mark.django_db
def test_what_fails_as_the_bucket_goes_away_fails_for_its_own_reason(bucket):
    bucket.refused = "DELETE"
    with pytest.raises(RuntimeError):
        store_and_fail(make_idea())


@pytest.mark.django_db
def test_a_document_is_held_and_taken(bucket, django_capture_on_commit_callbacks):
    token = HeldDocument.hold(check_document(upload(make_pdf())))
    assert [key.rpartition("/")[0] for key in bucket.objects] == ["documents/held"]
    with django_capture_on_commit_callbacks(execute=True):
        assert HeldDocument.take(token).read() == make_pdf()
    assert bucket.objects == {}
